using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Parley
{
    /// <summary>A part of memory that several processes map: what Python's SharedMemory, Value and Array are made of.</summary>
    sealed unsafe class SharedMemory : Connection
    {
        readonly FileStream file;
        readonly MemoryMappedFile map;
        readonly MemoryMappedViewAccessor view;
        readonly byte* start; // Of the part.
        readonly long end;
        readonly int length;
        readonly NamedSemaphore semaphore; // Null without a lock.
        readonly Action removal; // Null for memory that was there.

        /// <summary>Owns what it is given from here on, also if it throws.</summary>
        public SharedMemory(FileStream file, Opening opening, NamedSemaphore semaphore, Action removal) : base(opening.Limit)
        {
            this.file = file;
            this.semaphore = semaphore;
            this.removal = removal;
            try
            {
                var size = file.Length;
                end = opening.Length.HasValue ? (long)opening.Offset + opening.Length.Value : Math.Max(opening.Offset, size);
                // Memory without a size is memory that its maker has not finished.
                if (size == 0 || end > size)
                    throw new Fault("malformed", "The memory has " + size + " bytes and the part ends at " + end
                        + ": choose another part, and see whether the maker has given it its size.");
                if (end - opening.Offset > int.MaxValue) throw Fault.TooLarge(end - opening.Offset, int.MaxValue);
                length = (int)(end - opening.Offset);
                var access = opening.Role == "write" ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read;
                map = MemoryMappedFile.CreateFromFile(file, null, 0, access, HandleInheritability.None, true);
                view = map.CreateViewAccessor(0, size, access);
                byte* first = null;
                view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
                start = first + view.PointerOffset + opening.Offset;
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count > length) throw Fault.TooLarge(count, length);
            Access(() => Marshal.Copy(bytes, offset, (IntPtr)start, count));
        }

        /// <summary>The whole part, as it is now; nobody is waited for.</summary>
        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            if (length > Limit) throw Fault.TooLarge(length, Limit);
            var copy = new byte[length];
            Access(() => Marshal.Copy((IntPtr)start, copy, 0, length));
            message = new ArraySegment<byte>(copy);
            return true;
        }

        public override void Consume() { }

        void Access(Action action)
        {
            Action checkedAction = () =>
            {
                // For the same reason as with a slot: touching what is cut off kills.
                Libc.FileStatus status;
                var errno = Libc.Examine((int)file.SafeFileHandle.DangerousGetHandle(), out status);
                if (errno != 0) throw Fault.OfErrno(errno, "Looking at the memory");
                if (status.Size < end) throw new Fault("truncated", "The memory was cut to less than the " + end + " bytes that are used: let its maker make it anew.");
                action();
            };
            if (semaphore != null) semaphore.While(checkedAction);
            else checkedAction();
        }

        public override void Dispose()
        {
            if (start != null) view.SafeMemoryMappedViewHandle.ReleasePointer();
            if (view != null) view.Dispose();
            if (map != null) map.Dispose();
            file.Dispose();
            if (semaphore != null) semaphore.Dispose();
            if (removal != null) Leftovers.Remove(removal);
        }
    }
}
