using System;
using System.IO;
using System.IO.Pipes;
using System.Net.Sockets;

namespace Parley
{
    /// <summary>A stream of bytes, with or without a direction back.</summary>
    abstract class ByteStream : IDisposable
    {
        /// <summary>Reads at least one byte; 0 is the end of the stream. Throws `timeout` if none came.</summary>
        public int Read(byte[] buffer, int offset, int count, Deadline deadline)
        {
            if (!deadline.IsNever) Waiting.ForInput(Descriptor, deadline);
            Waiting.Begin();
            try
            {
                return Read(buffer, offset, count);
            }
            finally
            {
                Waiting.End();
            }
        }

        /// <summary>Writes all of it, which may wait for the peer to read.</summary>
        public void Write(byte[] buffer, int offset, int count)
        {
            Waiting.Begin();
            try
            {
                WriteAll(buffer, offset, count);
            }
            finally
            {
                Waiting.End();
            }
        }

        /// <summary>The peer sees the end of the stream, and can still send.</summary>
        public virtual void EndWriting() { throw Fault.Unsupported("This stream has no half close: close the channel instead."); }

        public abstract void Dispose();

        protected abstract int Descriptor { get; }

        protected abstract int Read(byte[] buffer, int offset, int count);

        protected abstract void WriteAll(byte[] buffer, int offset, int count);

        protected static void EndSending(int descriptor)
        {
            var errno = Libc.EndSending(descriptor);
            // ENOTCONN: the peer has reset the connection, so there is no direction left to close.
            if (errno != 0 && errno != Libc.ENOTCONN) throw Fault.OfErrno(errno, "The half close");
        }
    }

    sealed class SocketStream : ByteStream
    {
        readonly Socket socket;

        public SocketStream(Socket socket) { this.socket = socket; }

        protected override int Descriptor { get { return (int)socket.Handle; } }

        protected override int Read(byte[] buffer, int offset, int count) { return socket.Receive(buffer, offset, count, SocketFlags.None); }

        protected override void WriteAll(byte[] buffer, int offset, int count)
        {
            // Send may take fewer bytes than it was given: the rest is ours to send again.
            while (count > 0)
            {
                var sent = socket.Send(buffer, offset, count, SocketFlags.None);
                offset += sent;
                count -= sent;
            }
        }

        public override void EndWriting() { EndWriting(socket); }

        /// <summary>Not with Socket.Shutdown, which asks the class, not the system, whether the socket is connected.</summary>
        public static void EndWriting(Socket socket) { EndSending((int)socket.Handle); }

        public override void Dispose() { socket.Dispose(); }
    }

    /// <summary>A pipe of System.IO.Pipes: an inherited one, a FIFO, or what .NET calls a named pipe.</summary>
    class PipeBytes : ByteStream
    {
        readonly PipeStream pipe;

        public PipeBytes(PipeStream pipe) { this.pipe = pipe; }

        protected override int Descriptor { get { return (int)pipe.SafePipeHandle.DangerousGetHandle(); } }

        protected override int Read(byte[] buffer, int offset, int count)
        {
            for (;;)
            {
                try
                {
                    return pipe.Read(buffer, offset, count);
                }
                catch (IOException exception) when (exception.HResult == Libc.EINTR)
                {
                    // .NET repeats what a signal has interrupted. Mono, whose collector sends signals to its own threads, does not.
                }
            }
        }

        protected override void WriteAll(byte[] buffer, int offset, int count)
        {
            try
            {
                pipe.Write(buffer, offset, count); // Returns when all of it is written.
            }
            catch (IOException exception) when (!pipe.IsConnected)
            {
                // After EPIPE the stream is broken, and every later write fails without an errno.
                throw new Fault("closed", "The peer has closed its end of the pipe: " + exception.Message);
            }
        }

        public override void Dispose() { pipe.Dispose(); }
    }

    /// <summary>One end of a socket pair. No constructor of Socket takes a descriptor before .NET 5; a pipe stream does, and has no half close.</summary>
    sealed class SocketPairBytes : PipeBytes
    {
        public SocketPairBytes(PipeStream pipe) : base(pipe) { }

        public override void EndWriting() { EndSending(Descriptor); }
    }
}
