using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Threading;

namespace Parley
{
    /// <summary>One message at a time in a memory-mapped file, from one writer to one reader; none is lost or repeated.</summary>
    /// <remarks>
    /// Each word has one side that stores it. Volatile.Write makes all stores before it visible first, and Volatile.Read keeps all loads
    /// after it behind: that hands the message over. The view's own Read and Write promise neither that nor one store for 8 bytes, so
    /// the words are reached through a pointer, to which the view's PointerOffset has to be added, as a view begins at a page.
    /// </remarks>
    sealed unsafe class FileCell : Connection
    {
        public const int Size = 4096;
        const int ContentOffset = 64, LargestMessage = Size - ContentOffset;
        const int Written = 0, Taken = 1, Length = 2, Closed = 3; // Words of 8 bytes, little-endian.

        readonly FileStream file;
        readonly bool writes;
        readonly MemoryMappedFile map;
        readonly MemoryMappedViewAccessor view;
        readonly ulong* words;
        readonly Action closing; // Of the writer: the reader must not wait for one that is gone.
        byte[] taken; // A message that was taken from the cell and is not yet consumed.

        public FileCell(FileStream file, bool writes, int limit) : base(limit)
        {
            this.file = file;
            this.writes = writes;
            map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, true);
            try
            {
                view = map.CreateViewAccessor(0, Size, MemoryMappedFileAccess.ReadWrite);
            }
            catch
            {
                map.Dispose();
                throw;
            }
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            words = (ulong*)(start + view.PointerOffset);
            if (!writes) return;
            closing = MarkAsClosed;
            Leftovers.Add(closing);
            // Written before taken: never is there more taken than written.
            foreach (var word in new[] { Closed, Length, Written, Taken }) Volatile.Write(ref words[word], 0);
        }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count > LargestMessage) throw Fault.TooLarge(count, LargestMessage);
            WaitUntil(IsTaken, Deadline.Never);
            Marshal.Copy(bytes, offset, (IntPtr)words + ContentOffset, count);
            Volatile.Write(ref words[Length], (ulong)count);
            // Last: from here on the message is the reader's.
            Volatile.Write(ref words[Written], Volatile.Read(ref words[Written]) + 1);
        }

        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            if (taken == null)
            {
                message = new ArraySegment<byte>();
                WaitUntil(HasMessageOrEnd, deadline);
                // Looked at again: the writer may have written, and then closed, after the first look.
                if (!HasMessage()) return false;
                var length = Volatile.Read(ref words[Length]);
                if (length > LargestMessage)
                    throw new Fault("malformed", "The cell announces " + length + " bytes and holds " + LargestMessage
                        + ": check what its writer stores.");
                if (length > (ulong)Limit) throw Fault.TooLarge((long)length, Limit);
                var copy = new byte[(int)length];
                Marshal.Copy((IntPtr)words + ContentOffset, copy, 0, copy.Length);
                taken = copy;
                // Last: from here on the writer may overwrite the message.
                Volatile.Write(ref words[Taken], Volatile.Read(ref words[Taken]) + 1);
            }
            message = new ArraySegment<byte>(taken);
            return true;
        }

        public override void Consume() { taken = null; }

        bool IsTaken() { return Volatile.Read(ref words[Taken]) == Volatile.Read(ref words[Written]); }

        bool HasMessage() { return Volatile.Read(ref words[Written]) > Volatile.Read(ref words[Taken]); }

        bool HasMessageOrEnd() { return HasMessage() || Volatile.Read(ref words[Closed]) != 0; }

        /// <summary>Waits without being woken, as the file has nothing for that: first giving the processor away, then sleeping.</summary>
        void WaitUntil(Func<bool> isReady, Deadline deadline)
        {
            Waiting.Begin();
            try
            {
                for (var turn = 0; ; turn++)
                {
                    // Before each touch, for the same reason as with a slot.
                    if (!IsWhole())
                        throw new Fault("truncated", "The cell's file has been cut while it was mapped: let its writer open it anew.");
                    if (isReady()) return;
                    if (deadline.Left == 0) throw deadline.Passed();
                    if (turn < 200) Thread.Yield();
                    else Thread.Sleep(1);
                }
            }
            finally
            {
                Waiting.End();
            }
        }

        bool IsWhole()
        {
            Libc.FileStatus status;
            var errno = Libc.Examine((int)file.SafeFileHandle.DangerousGetHandle(), out status);
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at the cell");
            return status.Size >= Size;
        }

        void MarkAsClosed() { if (IsWhole()) Volatile.Write(ref words[Closed], 1); }

        public override void Dispose()
        {
            if (writes) Leftovers.Remove(closing);
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
            file.Dispose();
        }
    }
}
