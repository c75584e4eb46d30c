using System;
using System.IO;
using System.IO.MemoryMappedFiles;

namespace Parley
{
    /// <summary>One text in a memory-mapped file: 1024 bytes, NUL after the text; the last write wins.</summary>
    /// <remarks>
    /// A map with a name, MemoryMappedFile.CreateNew("name", …), is no way to share memory here: .NET throws, and Mono gives each process
    /// its own. A map of a file is. WriteArray and ReadArray need no pointer; code that takes one with AcquirePointer has to add the
    /// view's PointerOffset, as a view begins at a page.
    /// </remarks>
    sealed class FileSlot : Connection
    {
        public const int Size = 1024;

        readonly FileStream file;
        readonly MemoryMappedFile map;
        readonly MemoryMappedViewAccessor view;

        public FileSlot(FileStream file, MemoryMappedFileAccess access, int limit) : base(limit)
        {
            this.file = file;
            // Capacity 0 is the file's own length: anything less is refused, anything more makes the file longer.
            map = MemoryMappedFile.CreateFromFile(file, null, 0, access, HandleInheritability.None, true);
            try
            {
                view = map.CreateViewAccessor(0, Size, access);
            }
            catch
            {
                map.Dispose();
                throw;
            }
        }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count > Size) throw Fault.TooLarge(count, Size);
            if (Array.IndexOf(bytes, (byte)0, offset, count) >= 0)
                throw new Fault("malformed", "The text has a NUL byte, which would end it in the slot: encode it.");
            CheckLength();
            // The whole slot: nothing of a longer earlier text stays behind.
            var image = new byte[Size];
            Buffer.BlockCopy(bytes, offset, image, 0, count);
            view.WriteArray(0, image, 0, Size);
        }

        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            CheckLength();
            // A copy, because the writer may change the slot between the search for the text's end and the reply.
            var image = new byte[Size];
            view.ReadArray(0, image, 0, Size);
            var end = Array.IndexOf(image, (byte)0);
            var length = end < 0 ? Size : end;
            if (length > Limit) throw Fault.TooLarge(length, Limit);
            message = new ArraySegment<byte>(image, 0, length);
            return true;
        }

        public override void Consume() { }

        /// <summary>
        /// Touching a page behind the end of the file is a SIGBUS, which kills, and somebody may have cut the file. That leaves a gap between
        /// check and access: a slot must never be truncated.
        /// </summary>
        void CheckLength()
        {
            Libc.FileStatus status;
            var errno = Libc.Examine((int)file.SafeFileHandle.DangerousGetHandle(), out status);
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at the slot");
            if (status.Size < Size) throw TooShort();
        }

        public static Fault TooShort()
        {
            return new Fault("malformed", "The file is shorter than the " + Size + " bytes of a slot: let its writer open it first.");
        }

        public override void Dispose()
        {
            view.Dispose();
            map.Dispose();
            file.Dispose();
        }
    }
}
