using System;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>Something that is listening, and takes one peer.</summary>
    abstract class Listener : IDisposable
    {
        public abstract ByteStream Accept();

        public abstract void Dispose();
    }

    sealed class SocketListener : Listener
    {
        public readonly Socket Socket;
        readonly string path; // The socket file that it made, or null, and which file that was.
        readonly Libc.FileStatus madeFile;

        public SocketListener(Socket socket, string path)
        {
            Socket = socket;
            this.path = path;
            if (path != null) Libc.ExamineLink(path, out madeFile);
        }

        public Socket AcceptSocket()
        {
            var accepted = Socket.Accept();
            Libc.SetCloseOnExec((int)accepted.Handle);
            if (accepted.AddressFamily == AddressFamily.InterNetwork) accepted.NoDelay = true;
            return accepted;
        }

        public override ByteStream Accept() { return new SocketStream(AcceptSocket()); }

        public override void Dispose()
        {
            // Neither runtime removes the file. It goes first: a peer that finds no file learns more than one that finds a file where
            // nobody listens. And only if it is still the one that was made: another listener may have taken the path since.
            Libc.FileStatus status;
            if (path != null && Libc.ExamineLink(path, out status) == 0 && status.IsSameFile(madeFile)) Libc.Remove(path);
            Socket.Dispose();
        }
    }

    /// <summary>A named pipe of .NET, which on Linux is a Unix stream socket. It removes its socket file when it is disposed of.</summary>
    sealed class NamedPipeListener : Listener
    {
        readonly NamedPipeServerStream server;

        public NamedPipeListener(NamedPipeServerStream server) { this.server = server; }

        public override ByteStream Accept()
        {
            server.WaitForConnection();
            Libc.SetCloseOnExec((int)server.SafePipeHandle.DangerousGetHandle());
            return new PipeBytes(server); // The server is listener and connection at once; disposing of it twice does no harm.
        }

        public override void Dispose() { server.Dispose(); }
    }
}
