using System;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>One end of a Queue or SimpleQueue of Python's spawn context: a pipe, a lock for each of its ends, and a count of free slots.</summary>
    /// <remarks>Not a MessageStream: nothing may be read ahead. What lies behind a message is for whoever takes the lock next.</remarks>
    sealed class SpawnQueue : Connection
    {
        const int Patience = 5000; // Milliseconds, for a semaphore.
        const int Piece = 65536; // No pipe holds more than this, by default.
        static readonly Framing framing = Framing.ByName["multiprocessing"];

        readonly SafePipeHandle pipe;
        readonly NamedSemaphore turn, slots; // No slots in a SimpleQueue.

        // What has come of a message. As long as there is some of it the turn is ours: another reader would take the rest for a message.
        byte[] buffer = new byte[0];
        int filled;
        Frame frame = new Frame();
        bool isWhole;

        public SpawnQueue(SafePipeHandle pipe, NamedSemaphore turn, NamedSemaphore slots, int limit) : base(limit)
        {
            this.pipe = pipe;
            this.turn = turn;
            this.slots = slots;
        }

        int Descriptor { get { return (int)pipe.DangerousGetHandle(); } }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (slots != null) slots.Acquire(Deadline.In(Patience));
            try
            {
                turn.While(() =>
                {
                    Put(framing.Header(count), 0, 4);
                    Put(bytes, offset, count);
                });
                if (slots != null) slots.UseUp();
            }
            finally
            {
                if (slots != null) slots.Release(); // Unless it is used up: nothing stands in it.
            }
        }

        void Put(byte[] bytes, int offset, int count)
        {
            Waiting.Begin();
            try
            {
                var errno = Libc.Write(Descriptor, bytes, offset, count);
                if (errno != 0) throw Fault.OfErrno(errno, "Writing to the queue");
            }
            finally
            {
                Waiting.End();
            }
        }

        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            message = default(ArraySegment<byte>);
            if (!isWhole)
            {
                if (filled == 0) TakeTurn(deadline);
                var hasEnded = false;
                try
                {
                    hasEnded = !TryRead(deadline);
                }
                catch (Fault fault) when (fault.Kind != "timeout")
                {
                    Consume(); // There is no rest to wait for.
                    throw;
                }
                finally
                {
                    if (filled == 0 || isWhole) turn.Release();
                }
                if (hasEnded) return false;
                if (slots != null) slots.Post();
            }
            message = new ArraySegment<byte>(buffer, frame.Header, frame.Payload);
            return true;
        }

        /// <summary>Waits for something to read, and then for the turn. Waiting with the turn would keep all others from the queue.</summary>
        void TakeTurn(Deadline deadline)
        {
            for (;;)
            {
                Waiting.ForInput(Descriptor, deadline);
                turn.Acquire(deadline.IsNever || deadline.Left > Patience ? Deadline.In(Patience) : deadline);
                if (Libc.IsReadable(Descriptor, Deadline.In(0))) return;
                turn.Release(); // Another reader was faster.
            }
        }

        /// <summary>Reads up to the end of one message. False is the end of the stream.</summary>
        bool TryRead(Deadline deadline)
        {
            var wanted = 4;
            for (;;)
            {
                if (filled >= wanted)
                {
                    framing.Decode(frame, buffer, 0, filled, Limit);
                    wanted = frame.IsMeasured ? (int)frame.Total : 12; // The long form of the length.
                    isWhole = frame.IsMeasured && filled == wanted;
                    if (isWhole) return true;
                }
                // As it comes, and not as it is announced.
                if (buffer.Length == filled) Array.Resize(ref buffer, Math.Min(wanted, Math.Max(Piece, 2 * filled)));
                Waiting.ForInput(Descriptor, deadline);
                var count = Libc.Read(Descriptor, buffer, filled, Math.Min(wanted, buffer.Length) - filled);
                if (count < 0) throw Fault.OfErrno(-count, "Reading from the queue");
                if (count == 0 && filled == 0) return false;
                if (count == 0) throw new Fault("truncated", "The stream ended inside a message, after " + filled + " bytes of it: a writer ended too early.");
                filled += count;
            }
        }

        public override void Consume()
        {
            buffer = new byte[0];
            filled = 0;
            frame = new Frame();
            isWhole = false;
        }

        public override void Dispose()
        {
            turn.Dispose();
            if (slots != null) slots.Dispose();
            pipe.Dispose();
        }
    }
}
