using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>FIFOs, files and inherited descriptors.</summary>
    static partial class Transports
    {
        /// <summary>Opens a FIFO; waits until the other end is open too.</summary>
        public static ByteStream OpenFifo(string path, string role)
        {
            // Looked at before it is opened: a file's content would be our victim, and a device can have effects.
            if (!Existing(path).IsFifo) throw Fault.Usage(path + " is not a FIFO: make one with mkfifo.");
            // Not a FileStream: Mono's gives up when a signal interrupts the wait, and its buffer waits for more than is there.
            int descriptor;
            Waiting.Begin();
            try
            {
                descriptor = Libc.OpenFifo(path, role == "write");
            }
            finally
            {
                Waiting.End();
            }
            if (descriptor < 0) throw Fault.OfErrno(-descriptor, "Opening " + path);
            return new PipeBytes(new AnonymousPipeClientStream(DirectionOf(role), new SafePipeHandle((IntPtr)descriptor, true)));
        }

        static Libc.FileStatus Existing(string path)
        {
            CheckPath(path);
            Libc.FileStatus status;
            var errno = Libc.Examine(path, out status);
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at " + path);
            return status;
        }

        public static int InheritedDescriptor(string address)
        {
            long number;
            // 0 to 2 carry the commands, the replies and the log.
            if (!Number.TryParse(address, 3, int.MaxValue, out number))
                throw Fault.Usage("\"" + address + "\" is not the number of an inherited descriptor, which is 3 or more.");
            return (int)number;
        }

        public static ByteStream AdoptPipe(int descriptor, string role)
        {
            // Not a FileStream over a SafeFileHandle: Mono cannot make one of a pipe.
            return new PipeBytes(new AnonymousPipeClientStream(DirectionOf(role), AdoptPipeHandle(descriptor, role)));
        }

        static SafePipeHandle AdoptPipeHandle(int descriptor, string role)
        {
            Libc.FileStatus status;
            var flags = Examine(descriptor, out status);
            if (!status.IsFifo || (role == "read" ? Libc.IsForWritingOnly(flags) : Libc.IsForReadingOnly(flags)))
                throw Fault.Usage("Descriptor " + descriptor + " is not the end of a pipe to " + role + ": pass one.");
            return Adopt(descriptor, flags);
        }

        static PipeDirection DirectionOf(string role) { return role == "read" ? PipeDirection.In : PipeDirection.Out; }

        public static ByteStream AdoptSocket(int descriptor)
        {
            Libc.FileStatus status;
            var flags = Examine(descriptor, out status);
            if (!status.IsSocket || !Libc.IsStreamSocket(descriptor))
                throw Fault.Usage("Descriptor " + descriptor + " is no stream socket: pass one of a socket pair.");
            return new SocketPairBytes(new NamedPipeClientStream(PipeDirection.InOut, false, true, Adopt(descriptor, flags)));
        }

        static int Examine(int descriptor, out Libc.FileStatus status)
        {
            var errno = Libc.Examine(descriptor, out status);
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at descriptor " + descriptor);
            if (!Libc.MayBeInherited(descriptor)) throw Fault.Usage("Descriptor " + descriptor + " is not inherited but this process's own: pass another.");
            return Libc.FlagsOf(descriptor);
        }

        /// <summary>Makes an inherited descriptor ours: a child of ours must not keep the peer's stream open, and nobody can take it twice.</summary>
        static SafePipeHandle Adopt(int descriptor, int flags)
        {
            Libc.SetCloseOnExec(descriptor);
            Libc.SetBlocking(descriptor, flags);
            return new SafePipeHandle((IntPtr)descriptor, true);
        }

        /// <summary>Maps the slot of a file. The writer makes or extends the file; the reader wants it whole.</summary>
        public static Connection OpenSlot(string path, string role, int limit)
        {
            var writes = role == "write";
            var file = OpenRegularFile(path, writes, writes ? FileAccess.ReadWrite : FileAccess.Read);
            try
            {
                if (file.Length < FileSlot.Size)
                {
                    if (!writes) throw FileSlot.TooShort();
                    Extend(file, FileSlot.Size);
                }
                return new FileSlot(file, writes ? MemoryMappedFileAccess.ReadWrite : MemoryMappedFileAccess.Read, limit);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        /// <summary>Maps the cell of a file. The writer makes the file or starts it anew; the reader wants it whole.</summary>
        public static Connection OpenCell(string path, string role, int limit)
        {
            var writes = role == "write";
            // The reader stores too: how many messages it has taken.
            var file = OpenRegularFile(path, writes, FileAccess.ReadWrite);
            try
            {
                if (file.Length < FileCell.Size)
                {
                    if (!writes)
                        throw new Fault("malformed", "The file is shorter than the " + FileCell.Size
                            + " bytes of a cell: let its writer open it first.");
                    Extend(file, FileCell.Size);
                }
                return new FileCell(file, writes, limit);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        static FileStream OpenRegularFile(string path, bool isMade, FileAccess access)
        {
            CheckPath(path);
            Libc.FileStatus status;
            var errno = Libc.Examine(path, out status);
            if (errno != 0 && !(isMade && errno == Libc.ENOENT)) throw Fault.OfErrno(errno, "Looking at " + path);
            // Opening a FIFO could wait for ever.
            if (errno == 0 && !status.IsRegular) throw Fault.Usage(path + " is no regular file: give the path of one.");
            return OpenFile(path, isMade ? FileMode.OpenOrCreate : FileMode.Open, access);
        }

        static void Extend(FileStream file, int size)
        {
            // Not SetLength, which leaves a hole: a store into a hole of a full file system is a SIGBUS where this is an error.
            var errno = Libc.Reserve((int)file.SafeFileHandle.DangerousGetHandle(), size);
            if (errno != 0) throw Fault.OfErrno(errno, "Extending " + file.Name);
        }

        public static FileStream OpenFile(string path, FileMode mode, FileAccess access)
        {
            try
            {
                var file = new FileStream(path, mode, access, FileShare.ReadWrite, 1);
                Libc.SetCloseOnExec((int)file.SafeFileHandle.DangerousGetHandle());
                return file;
            }
            catch (Exception exception) when (mode != FileMode.Open)
            {
                throw WhyNotMade(exception, path);
            }
        }
    }
}
