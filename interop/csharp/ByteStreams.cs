using System;
using System.IO;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>A stream of bytes, with or without a direction back.</summary>
    abstract class ByteStream : IDisposable
    {
        /// <summary>Reads at least one byte; 0 is the end of the stream.</summary>
        public abstract int Read(byte[] buffer, int offset, int count);

        public abstract void Write(byte[] buffer, int offset, int count);

        /// <summary>Whether a read would return at once, within so many milliseconds.</summary>
        public virtual bool WaitToRead(int milliseconds) { throw Fault.Unsupported("This stream cannot wait: use a socket."); }

        /// <summary>The peer sees the end of the stream, and can still send.</summary>
        public virtual void EndWriting() { throw Fault.Unsupported("This stream has no half close: close the channel instead."); }

        public abstract void Dispose();
    }

    sealed class SocketStream : ByteStream
    {
        readonly Socket socket;

        public SocketStream(Socket socket) { this.socket = socket; }

        public override int Read(byte[] buffer, int offset, int count) { return socket.Receive(buffer, offset, count, SocketFlags.None); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            // Send may take fewer bytes than it was given: the rest is ours to send again.
            while (count > 0)
            {
                var sent = socket.Send(buffer, offset, count, SocketFlags.None);
                offset += sent;
                count -= sent;
            }
        }

        public override bool WaitToRead(int milliseconds) { return socket.Poll(milliseconds * 1000, SelectMode.SelectRead); }

        public override void EndWriting() { EndWriting(socket); }

        public static void EndWriting(Socket socket)
        {
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NotConnected)
            {
                // The peer has reset the connection, so there is no direction left to close.
            }
        }

        public override void Dispose() { socket.Dispose(); }
    }

    /// <summary>A pipe of System.IO.Pipes: an inherited one, or what .NET calls a named pipe.</summary>
    class PipeBytes : ByteStream
    {
        protected readonly PipeStream Pipe;

        public PipeBytes(PipeStream pipe) { Pipe = pipe; }

        public override int Read(byte[] buffer, int offset, int count) { return Pipe.Read(buffer, offset, count); }

        public override bool WaitToRead(int milliseconds)
        {
            return Libc.IsReadable((int)Pipe.SafePipeHandle.DangerousGetHandle(), milliseconds);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            try
            {
                Pipe.Write(buffer, offset, count); // Returns when all of it is written.
            }
            catch (IOException exception) when (!Pipe.IsConnected)
            {
                // After EPIPE the stream is broken, and every later write fails without an errno.
                throw new Fault("closed", "The peer has closed its end of the pipe: " + exception.Message);
            }
        }

        public override void Dispose() { Pipe.Dispose(); }
    }

    /// <summary>One end of a socket pair. No constructor of Socket takes a descriptor before .NET 5; a pipe stream does, and has no half close.</summary>
    sealed class SocketPairBytes : PipeBytes
    {
        public SocketPairBytes(PipeStream pipe) : base(pipe) { }

        public override void EndWriting()
        {
            var errno = Libc.EndSending((int)Pipe.SafePipeHandle.DangerousGetHandle());
            if (errno != 0) throw Fault.OfErrno(errno, "The half close");
        }
    }

    sealed class FifoBytes : ByteStream
    {
        readonly FileStream file;

        public FifoBytes(FileStream file) { this.file = file; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            // `count` must be well above the size of the FileStream's own buffer (Mono makes it at least 8): a small read fills that
            // buffer, and the next one waits for more than is there. MessageStream sees to it.
            return file.Read(buffer, offset, count);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            try
            {
                file.Write(buffer, offset, count);
                file.Flush();
            }
            catch (IOException) when (Libc.HasNoReader((int)file.SafeFileHandle.DangerousGetHandle()))
            {
                // Mono calls it a write fault, whatever the errno was.
                throw Fault.OfErrno(Libc.EPIPE, "Writing to the FIFO");
            }
        }

        public override void Dispose()
        {
            try
            {
                file.Dispose();
            }
            catch (IOException)
            {
                // Mono flushes again what a failed Write has left in its buffer, and closes the descriptor all the same.
            }
        }
    }
}
