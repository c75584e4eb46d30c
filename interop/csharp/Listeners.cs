using System;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Parley
{
    /// <summary>Something that is listening, and takes one peer.</summary>
    abstract class Listener : IDisposable
    {
        public abstract void Dispose();

        /// <summary>Whether accepting failed for the peer's sake alone: it came and went. Mono makes "network is down" of ECONNABORTED.</summary>
        protected static bool IsPeersEnd(SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionAborted || exception.SocketErrorCode == SocketError.NetworkDown;
        }
    }

    sealed class SocketListener : Listener
    {
        public readonly Socket Socket;
        readonly SocketFile file; // Null if the address is none.

        public SocketListener(Socket socket, SocketFile file)
        {
            Socket = socket;
            this.file = file;
        }

        public Socket Accept(Deadline deadline)
        {
            for (;;)
            {
                Waiting.ForInput((int)Socket.Handle, deadline);
                try
                {
                    var accepted = Socket.Accept();
                    Libc.SetCloseOnExec((int)accepted.Handle);
                    if (accepted.AddressFamily == AddressFamily.InterNetwork) accepted.NoDelay = true;
                    return accepted;
                }
                catch (SocketException exception) when (IsPeersEnd(exception))
                {
                    // The next one may come.
                }
            }
        }

        public override void Dispose()
        {
            // The file goes first: a peer that finds no file learns more than one that finds a file where nobody listens.
            if (file != null) file.Dispose();
            Socket.Dispose();
        }
    }

    /// <summary>A named pipe of .NET, which on Linux is a Unix stream socket.</summary>
    sealed class NamedPipeListener : Listener
    {
        readonly NamedPipeServerStream server;
        readonly SocketFile file;
        Task connection; // Under way since the first Accept; it cannot be taken back when its time is over.

        public NamedPipeListener(NamedPipeServerStream server, SocketFile file)
        {
            this.server = server;
            this.file = file;
        }

        public ByteStream Accept(Deadline deadline)
        {
            Waiting.Begin();
            try
            {
                Connect(deadline);
            }
            finally
            {
                Waiting.End();
            }
            Libc.SetCloseOnExec((int)server.SafePipeHandle.DangerousGetHandle());
            return new PipeBytes(server); // The server is listener and connection at once; disposing of it twice does no harm.
        }

        void Connect(Deadline deadline)
        {
            for (;;)
            {
                try
                {
                    // Without a time the main thread waits itself: .NET starts no threads then, which have a pipe open for a moment.
                    if (connection == null && deadline.IsNever) server.WaitForConnection();
                    else WaitFor(deadline);
                    return;
                }
                catch (SocketException exception) when (IsPeersEnd(exception))
                {
                    connection = null;
                }
            }
        }

        void WaitFor(Deadline deadline)
        {
            if (connection == null) connection = server.WaitForConnectionAsync();
            // Not Wait, which wraps what the task throws.
            if (Task.WaitAny(new[] { connection }, deadline.Left) < 0) throw deadline.Passed();
            connection.GetAwaiter().GetResult();
        }

        public override void Dispose()
        {
            file.Dispose();
            server.Dispose();
        }
    }
}
