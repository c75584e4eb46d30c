using System;

namespace Parley
{
    /// <summary>Messages to and from one peer. A received message stays until it is consumed, so that it can be received again.</summary>
    abstract class Connection : IDisposable
    {
        protected int Limit;

        protected Connection(int limit) { Limit = limit; }

        public void Send(byte[] bytes, int offset, int count)
        {
            if (count > Limit) throw Fault.TooLarge(count, Limit);
            Write(bytes, offset, count);
        }

        protected abstract void Write(byte[] bytes, int offset, int count);

        /// <summary>
        /// Waits for a message. False is a clean end of the stream, and so it is every time after. Throws `timeout`, after which the next
        /// call goes on where this one stopped.
        /// </summary>
        public abstract bool TryReceive(Deadline deadline, out ArraySegment<byte> message);

        public abstract void Consume();

        public virtual void EndWriting() { throw Fault.Unsupported("This transport has no half close: close the channel instead."); }

        public abstract void Dispose();
    }

    static class Segments
    {
        /// <summary>A copy. Linq's ToArray, which C# finds on Mono, goes byte by byte.</summary>
        public static byte[] Copied(this ArraySegment<byte> segment)
        {
            var copy = new byte[segment.Count];
            Buffer.BlockCopy(segment.Array, segment.Offset, copy, 0, copy.Length);
            return copy;
        }
    }

    sealed class MessageStream : Connection
    {
        const int BufferSize = 65536; // What a pipe holds, so one read empties it.
        const int SmallestRead = 4096; // A read of a few bytes costs as much as one of many.
        const int LargestJoined = 65536; // Up to here a copy is cheaper than a second system call, and the peer is woken once.
        const int LargestArray = 0x7fffffc7;

        readonly ByteStream stream;
        readonly Framing framing;
        byte[] joined = new byte[1024];

        byte[] buffer = new byte[0]; // Received and not yet consumed: from start up to end.
        int start, end;
        Frame frame = new Frame();
        bool isAtEnd; // Stays true: a FIFO's next writer must not bring an ended stream back to life.

        public MessageStream(ByteStream stream, Framing framing, int limit) : base(limit)
        {
            this.stream = stream;
            this.framing = framing;
        }

        /// <summary>Does something in which messages have at most so many bytes.</summary>
        public void Within(int limit, Action action)
        {
            var before = Limit;
            Limit = limit;
            try
            {
                action();
            }
            finally
            {
                Limit = before;
            }
        }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            framing.CheckPayload(bytes, offset, count);
            var header = framing.Header(count);
            var trailer = framing.Trailer;
            if (count > LargestJoined)
            {
                if (header.Length > 0) stream.Write(header, 0, header.Length);
                stream.Write(bytes, offset, count);
                if (trailer.Length > 0) stream.Write(trailer, 0, trailer.Length);
                return;
            }
            var size = header.Length + count + trailer.Length;
            if (joined.Length < size) joined = new byte[2 * size];
            Buffer.BlockCopy(header, 0, joined, 0, header.Length);
            Buffer.BlockCopy(bytes, offset, joined, header.Length, count);
            Buffer.BlockCopy(trailer, 0, joined, header.Length + count, trailer.Length);
            stream.Write(joined, 0, size);
        }

        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            message = default(ArraySegment<byte>);
            for (;;)
            {
                // Decode first, read second: one read may have brought several frames.
                if (!frame.IsMeasured && end > start) framing.Decode(frame, buffer, start, end - start, Limit);
                if (frame.IsMeasured && end - start >= frame.Total)
                {
                    CheckTrailer();
                    message = new ArraySegment<byte>(buffer, start + frame.Header, frame.Payload);
                    return true;
                }
                if (!isAtEnd)
                {
                    MakeRoom();
                    var count = stream.Read(buffer, end, buffer.Length - end, deadline);
                    end += count;
                    isAtEnd = count == 0;
                }
                if (!isAtEnd) continue;
                if (start == end) return false;
                throw new Fault("truncated", "The stream ended inside a frame, after " + (end - start) + " bytes of it: the peer ended too early.");
            }
        }

        public override void Consume()
        {
            start += (int)frame.Total;
            frame = new Frame();
        }

        void CheckTrailer()
        {
            var trailer = framing.Trailer;
            for (var index = 0; index < trailer.Length; index++)
            {
                var found = buffer[start + frame.Header + frame.Payload + index];
                if (found != trailer[index]) throw new Fault("malformed",
                    "After the payload comes the byte 0x" + found.ToString("x2") + ": check the length that the sender writes.");
            }
        }

        /// <summary>
        /// Room for the frame and for a read of some size. What is kept moves to the front only when the buffer's end is reached, and
        /// towards an unknown length the buffer doubles, so that many small pieces are not copied quadratically.
        /// </summary>
        void MakeRoom()
        {
            if (start == end) start = end = 0;
            var kept = end - start;
            var needed = (frame.IsMeasured ? frame.Total : kept) + SmallestRead;
            if (buffer.Length - start >= needed) return;
            var target = buffer;
            if (buffer.Length < needed)
            {
                // A measured frame's length is known and below the limit: take exactly that, once.
                var size = frame.IsMeasured ? needed : Math.Max(needed, Math.Min(2L * buffer.Length, (long)Limit + 2 * SmallestRead));
                target = new byte[Math.Min(Math.Max(size, BufferSize), LargestArray)];
            }
            Buffer.BlockCopy(buffer, start, target, 0, kept);
            buffer = target;
            start = 0;
            end = kept;
        }

        public override void EndWriting() { stream.EndWriting(); }

        public override void Dispose() { stream.Dispose(); }
    }
}
