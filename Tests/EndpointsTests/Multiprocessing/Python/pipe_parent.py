"""Has a foreign child inherit an end of a Pipe: pipe_parent.py duplex|sending|receiving PROGRAM, an endpoint."""

import fcntl
import multiprocessing
import subprocess
import sys

import samples

SENT = u"send channel=c codec=pickle value=list:2,int:1,text:68c3a9"


def start(program, end, own):
    """Starts the program with the end, and nothing else of ours."""
    pipe = subprocess.PIPE
    if sys.version_info[0] == 3:
        return subprocess.Popen(
            [program], stdin=pipe, stdout=pipe, universal_newlines=True, pass_fds=[end.fileno()]
        )
    # Python 2.7 lets a child inherit everything: our own end too, and then the end of the stream never comes.
    fcntl.fcntl(own.fileno(), fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return subprocess.Popen(
        [program], stdin=pipe, stdout=pipe, universal_newlines=True, close_fds=False
    )


def main():
    """Talks to the child over the pipe, and commands it with lines."""
    direction, program = sys.argv[1:]
    if direction == "duplex":
        own, end = multiprocessing.Pipe()
    elif direction == "sending":
        end, own = multiprocessing.Pipe(False)
    else:
        own, end = multiprocessing.Pipe(False)
    child = start(program, end, own)

    def ask(line):
        child.stdin.write(line + "\n")
        child.stdin.flush()
        return child.stdout.readline().strip()

    transport = "socketpair" if direction == "duplex" else "pipe"
    role = "write" if direction == "receiving" else "read"
    samples.say(
        ask(
            "open channel=c transport=%s role=%s address=%d framing=multiprocessing"
            % (transport, role, end.fileno())
        )
    )
    end.close()
    if direction != "receiving":
        own.send(samples.SAMPLE)
        samples.say(ask("receive channel=c codec=pickle"))
        own.send_bytes(b"bytes")
        samples.say(ask("receive channel=c"))
    if direction != "sending":
        samples.say(ask(SENT))
        samples.say(own.recv() == [1, u"h\xe9"])
    own.close()
    if direction != "receiving":
        samples.say(ask("receive channel=c"))
    child.stdin.close()
    samples.say(child.wait())


main()
