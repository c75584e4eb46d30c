#!/usr/bin/env python3
"""A .NET "named pipe" from Python: on Linux it is a Unix socket, so a plain socket joins a C# program.

    dotnet_pipe.py               both sides, each a process of its own
    dotnet_pipe.py listen NAME   what NamedPipeServerStream(NAME) does; answers each line in capitals
    dotnet_pipe.py connect NAME  what NamedPipeClientStream(".", NAME) does; sends three lines
    dotnet_pipe.py connect NAME wait   the same, but first waits for a line on its standard input

NAME is the pipe's name, or an absolute path, which .NET uses as it is. The other side in C#, complete:

    using (var pipe = new NamedPipeClientStream(".", "letters", PipeDirection.InOut)) {
        pipe.Connect();
        var writer = new StreamWriter(pipe, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\\n" };
        var reader = new StreamReader(pipe, new UTF8Encoding(false));
        writer.WriteLine("hello from C#");
        Console.WriteLine(reader.ReadLine());
    }

UTF8Encoding(false), because Encoding.UTF8 begins with a byte order mark. Python 2.7 and newer; not on Windows.
"""

from __future__ import print_function, unicode_literals

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys


def say(text):
    print(text)
    sys.stdout.flush()


def socket_path(name):
    if name.startswith("/"):
        return name
    return os.path.join(os.environ.get("TMPDIR", "/tmp"), "CoreFxPipe_" + name)


def streams(connection):
    """Two text streams over the socket, one a direction. They have duplicates of its descriptor."""
    return (
        io.open(os.dup(connection.fileno()), encoding="utf-8", newline="\n"),
        io.open(os.dup(connection.fileno()), "w", encoding="utf-8", newline="\n"),
    )


def listen(name):
    path = socket_path(name)
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as listener:
        listener.bind(path)
        try:
            listener.listen(1)
            say("the pipe %s is the socket %s" % (name, path))
            connection, _ = listener.accept()
        finally:
            os.unlink(path)
    with contextlib.closing(connection):
        incoming, outgoing = streams(connection)
        with incoming, outgoing:
            for line in incoming:
                say("read " + line.rstrip("\n"))
                outgoing.write(line.upper())
                outgoing.flush()
    say("the client has disconnected")


def connect(name, wait=None):
    if wait:
        say("waiting until you say that somebody listens")
        sys.stdin.readline()
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.connect(socket_path(name))
        incoming, outgoing = streams(connection)
        with incoming, outgoing:
            for letter in "abc":
                outgoing.write(letter + "\n")
                outgoing.flush()
                say("the answer to %s is %s" % (letter, incoming.readline().rstrip("\n")))


def both():
    name = "notes-%d" % os.getpid()
    server = subprocess.Popen(
        [sys.executable, __file__, "listen", name], stdout=subprocess.PIPE, universal_newlines=True
    )
    try:
        say(server.stdout.readline().strip())
        connect(name)
        for line in server.stdout:
            say("the server " + line.strip())
        return server.wait()
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()
        server.stdout.close()


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"listen": listen, "connect": connect}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if (words[0] in sides and len(words) == 2) or (words[0] == "connect" and words[2:] == ["wait"]):
        return sides[words[0]](*words[1:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
