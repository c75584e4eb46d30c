using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Parley
{
    /// <summary>The few system calls that the class library has no method for, or whose outcome it hides.</summary>
    static class Libc
    {
        public const int ENOENT = 2, EINTR = 4, ENXIO = 6, EAGAIN = 11, EEXIST = 17, EPIPE = 32, ENOTCONN = 107, ECONNREFUSED = 111;
        const int CurrentFolder = -100, EmptyPath = 0x1000, NoFollow = 0x100, BasicStatus = 0x7ff;
        const int GetFlags = 3, SetFlags = 4, GetDescriptorFlags = 1, SetDescriptorFlags = 2, CloseOnExec = 1, NonBlocking = 0x800, AccessMode = 3;
        const int DuplicateCloseOnExec = 1030, OpenCloseOnExec = 0x80000, OpenPath = 0x200000;
        const int Stream = 1, SocketLevel = 1, SocketType = 3;

        // SetLastError copies errno right after the call: the runtime makes system calls of its own before the next line runs.
        [DllImport("libc", SetLastError = true)]
        static extern int statx(int folder, string path, int flags, uint mask, out FileStatus status);
        [DllImport("libc", SetLastError = true)] static extern int access(string path, int mode);
        [DllImport("libc", SetLastError = true)] static extern int unlink(string path);
        [DllImport("libc", SetLastError = true)] static extern int link(string path, string name);
        [DllImport("libc", SetLastError = true)] static extern int fcntl(int descriptor, int command, IntPtr argument);
        [DllImport("libc")] static extern int posix_fallocate(int descriptor, IntPtr offset, IntPtr length);
        [DllImport("libc")] static extern uint umask(uint mask);
        [DllImport("libc", SetLastError = true)] static extern int open(string path, int flags);
        [DllImport("libc")] static extern int close(int descriptor);
        [DllImport("libc", SetLastError = true)] static extern int shutdown(int descriptor, int how);
        [DllImport("libc", SetLastError = true)] static extern int bind(int descriptor, byte[] address, int length);
        [DllImport("libc", SetLastError = true)] static extern int listen(int descriptor, int backlog);
        [DllImport("libc", SetLastError = true)] static extern int connect(int descriptor, byte[] address, int length);
        [DllImport("libc", SetLastError = true)] static extern IntPtr read(int descriptor, ref byte buffer, IntPtr size);
        [DllImport("libc", SetLastError = true)] static extern IntPtr write(int descriptor, ref byte buffer, IntPtr size);
        [DllImport("libc", SetLastError = true)] static extern int dup2(int descriptor, int number);
        [DllImport("libc")] static extern int isatty(int descriptor);
        [DllImport("libc")] static extern int ioctl(int descriptor, UIntPtr request, out int value);
        [DllImport("libc")] static extern int getsockopt(int descriptor, int level, int option, out int value, ref int length);
        [DllImport("libc", SetLastError = true)] static extern IntPtr recv(int descriptor, byte[] buffer, IntPtr size, int flags);
        [DllImport("libc", SetLastError = true)] static extern int poll(ref PollEntry entry, IntPtr count, int milliseconds);
        [DllImport("libc", SetLastError = true)] static extern IntPtr sem_open(string name, int flags);
        [DllImport("libc", SetLastError = true)] static extern int sem_clockwait(IntPtr semaphore, int clock, ref Moment until);
        [DllImport("libc")] static extern int sem_post(IntPtr semaphore);
        [DllImport("libc")] static extern int sem_close(IntPtr semaphore);
        [DllImport("libc")] static extern int clock_gettime(int clock, out Moment now);
        [DllImport("libc")] static extern IntPtr strerror(int errno);
        [DllImport("libc")] static extern void _exit(int status);

        const short Readable = 1, Writable = 4, PeerHungUp = 0x2000;

        const int MonotonicClock = 1; // Nobody sets it.

        /// <summary>struct timespec.</summary>
        [StructLayout(LayoutKind.Sequential)]
        struct Moment
        {
            public IntPtr Seconds, Nanoseconds;
        }

        [StructLayout(LayoutKind.Sequential)]
        struct PollEntry
        {
            public int Descriptor;
            public short Events, Happened;
        }

        /// <summary>struct statx, which is laid out alike on every processor; struct stat is not.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        public struct FileStatus
        {
            [FieldOffset(28)] readonly ushort mode;
            [FieldOffset(32)] readonly ulong inode;
            [FieldOffset(40)] readonly ulong size;
            [FieldOffset(136)] readonly uint deviceMajor;
            [FieldOffset(140)] readonly uint deviceMinor;

            public bool IsRegular { get { return (mode & 0xf000) == 0x8000; } }
            public bool IsFifo { get { return (mode & 0xf000) == 0x1000; } }
            public bool IsSocket { get { return (mode & 0xf000) == 0xc000; } }
            public long Size { get { return (long)size; } }

            public bool IsSameFile(FileStatus other)
            {
                return inode == other.inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
            }
        }

        public static string Describe(int errno) { return Marshal.PtrToStringAnsi(strerror(errno)); }

        /// <summary>What is at a path, symbolic links followed. Returns 0 or an errno.</summary>
        public static int Examine(string path, out FileStatus status)
        {
            return statx(CurrentFolder, path, 0, BasicStatus, out status) == 0 ? 0 : Marshal.GetLastWin32Error();
        }

        /// <summary>What is at a path itself. Returns 0 or an errno.</summary>
        public static int ExamineLink(string path, out FileStatus status)
        {
            return statx(CurrentFolder, path, NoFollow, BasicStatus, out status) == 0 ? 0 : Marshal.GetLastWin32Error();
        }

        /// <summary>What a descriptor is. Returns 0 or an errno.</summary>
        public static int Examine(int descriptor, out FileStatus status)
        {
            return statx(descriptor, "", EmptyPath, BasicStatus, out status) == 0 ? 0 : Marshal.GetLastWin32Error();
        }

        /// <summary>What keeps this process from making a file in a folder: 0 for nothing, or an errno.</summary>
        public static int ObstacleToMakeIn(string folder) { return access(Path.Combine(folder, "."), 3 /* W_OK and X_OK */) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        /// <summary>Gives a file another name, which must not be there. Returns 0 or an errno.</summary>
        public static int Link(string path, string name) { return link(path, name) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        public static int Remove(string path) { return unlink(path) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        /// <summary>Keeps every file and socket that this process makes to its user: whoever may write to them controls what the peer gets.</summary>
        public static void KeepFilesPrivate() { umask(0x3f /* 077 */); }

        /// <summary>
        /// Holds what is at a path, symbolic links followed, without opening it: a FIFO does not wait for its other end, a device does nothing.
        /// Returns a descriptor for Examine and Release; negative is an errno.
        /// </summary>
        public static int Hold(string path)
        {
            var descriptor = open(path, OpenPath | OpenCloseOnExec);
            return descriptor >= 0 ? descriptor : -Marshal.GetLastWin32Error();
        }

        /// <summary>Closes what Hold has returned. A SafeFileHandle is no help: Mono's knows only files that Mono has opened.</summary>
        public static void Release(int descriptor) { close(descriptor); }

        /// <summary>Ends the process without anything that the runtime does on its way out.</summary>
        public static void ExitAtOnce(int status) { _exit(status); }

        /// <summary>.NET opens everything close-on-exec, Mono nothing: a child process would hold the peer's stream open.</summary>
        public static void SetCloseOnExec(int descriptor) { fcntl(descriptor, SetDescriptorFlags, (IntPtr)CloseOnExec); }

        /// <summary>Whether a descriptor can have come through an exec. One that cannot is our own, or the runtime's.</summary>
        public static bool MayBeInherited(int descriptor) { return (fcntl(descriptor, GetDescriptorFlags, IntPtr.Zero) & CloseOnExec) == 0; }

        /// <summary>The flags of an open file, or -1 if the number is no open descriptor.</summary>
        public static int FlagsOf(int descriptor) { return fcntl(descriptor, GetFlags, IntPtr.Zero); }

        public static bool IsForReadingOnly(int flags) { return (flags & AccessMode) == 0; }

        public static bool IsForWritingOnly(int flags) { return (flags & AccessMode) == 1; }

        /// <summary>O_NONBLOCK belongs to the open file, which processes share: whoever had the descriptor before may have set it.</summary>
        public static void SetBlocking(int descriptor, int flags) { fcntl(descriptor, SetFlags, (IntPtr)(flags & ~NonBlocking)); }

        public static bool IsStreamSocket(int descriptor)
        {
            int type, length = sizeof(int);
            return getsockopt(descriptor, SocketLevel, SocketType, out type, ref length) == 0 && type == Stream;
        }

        /// <summary>Ends the sending direction of a socket. Returns 0 or an errno.</summary>
        public static int EndSending(int descriptor) { return shutdown(descriptor, 1) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        /// <summary>Ends both directions of a socket, or its listening: whoever waits for it in another thread goes on.</summary>
        public static void EndBoth(int descriptor) { shutdown(descriptor, 2); }

        /// <summary>Whether the peer of a socket is gone, or will not send any more.</summary>
        public static bool HasHungUp(int descriptor) { return Poll(descriptor, PeerHungUp, Deadline.In(0)) != 0; }

        public static int Bind(int descriptor, byte[] address) { return bind(descriptor, address, address.Length) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        public static int Listen(int descriptor, int backlog) { return listen(descriptor, backlog) == 0 ? 0 : Marshal.GetLastWin32Error(); }

        /// <summary>Connects a Unix socket. Returns 0 or an errno.</summary>
        public static int Connect(int descriptor, byte[] address)
        {
            for (;;)
            {
                if (connect(descriptor, address, address.Length) == 0) return 0;
                // A Unix socket that was interrupted has not begun, unlike one of TCP.
                if (Marshal.GetLastWin32Error() != EINTR) return Marshal.GetLastWin32Error();
            }
        }

        /// <summary>Waits for a packet and tells its length, but leaves it where it is. Negative is an errno.</summary>
        public static long LengthOfNextPacket(int descriptor)
        {
            for (;;)
            {
                var length = (long)recv(descriptor, null, IntPtr.Zero, 0x22 /* MSG_PEEK and MSG_TRUNC */);
                if (length >= 0) return length;
                if (Marshal.GetLastWin32Error() != EINTR) return -Marshal.GetLastWin32Error();
            }
        }

        /// <summary>Waits until there is something to read or to accept, or the end. False is the deadline.</summary>
        public static bool IsReadable(int descriptor, Deadline deadline) { return Poll(descriptor, Readable, deadline) != 0; }

        /// <summary>Waits until whoever writes is gone, and reads nothing.</summary>
        public static void WaitForHangUp(int descriptor)
        {
            // A pipe says so unasked. A socket says it of a half close only if it is asked.
            while (Poll(descriptor, PeerHungUp, Deadline.Never) == 0) { }
        }

        static int Poll(int descriptor, short events, Deadline deadline)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = events };
            for (;;)
            {
                var count = poll(ref entry, (IntPtr)1, deadline.Left);
                if (count > 0) return entry.Happened;
                if (count == 0 && !deadline.IsNever) return 0;
                if (count < 0 && Marshal.GetLastWin32Error() != EINTR) throw Fault.OfErrno(Marshal.GetLastWin32Error(), "Waiting");
            }
        }

        /// <summary>Opens a FIFO and waits for its other end. Returns a descriptor; negative is an errno.</summary>
        public static int OpenFifo(string path, bool isForWriting)
        {
            for (;;)
            {
                var descriptor = open(path, (isForWriting ? 1 : 0) | OpenCloseOnExec);
                if (descriptor >= 0) return descriptor;
                if (Marshal.GetLastWin32Error() != EINTR) return -Marshal.GetLastWin32Error();
            }
        }

        /// <summary>Opens a FIFO or pipe without waiting for its other end: ENXIO if that is to read and nobody has it.</summary>
        public static int OpenFifoAtOnce(string path, bool isForWriting)
        {
            var descriptor = open(path, (isForWriting ? 1 : 0) | OpenCloseOnExec | NonBlocking);
            return descriptor >= 0 ? descriptor : -Marshal.GetLastWin32Error();
        }

        /// <summary>Reads at least one byte; 0 is the end, negative an errno.</summary>
        public static int Read(int descriptor, byte[] buffer, int offset, int count)
        {
            for (;;)
            {
                var length = (int)read(descriptor, ref buffer[offset], (IntPtr)count);
                if (length >= 0) return length;
                var errno = Marshal.GetLastWin32Error();
                if (errno == EAGAIN) Poll(descriptor, Readable, Deadline.Never);
                else if (errno != EINTR) return -errno;
            }
        }

        /// <summary>Writes all of it. Returns 0 or an errno.</summary>
        public static int Write(int descriptor, byte[] bytes, int offset, int count)
        {
            for (var end = offset + count; offset < end;)
            {
                var length = (int)write(descriptor, ref bytes[offset], (IntPtr)(end - offset));
                if (length >= 0) offset += length;
                else if (Marshal.GetLastWin32Error() == EAGAIN) Poll(descriptor, Writable, Deadline.Never);
                else if (Marshal.GetLastWin32Error() != EINTR) return Marshal.GetLastWin32Error();
            }
            return 0;
        }

        /// <summary>
        /// Moves standard output to a number of its own and lets what is written to number 1 go to standard error: a runtime that aborts,
        /// or is asked for its threads, writes there, and replies must stay the only ones. Returns the new number, or -1 without an output.
        /// </summary>
        public static int TakeStandardOutput()
        {
            var replies = fcntl(1, DuplicateCloseOnExec, (IntPtr)3);
            dup2(2, 1);
            return replies;
        }

        public static bool IsTerminal(int descriptor) { return isatty(descriptor) == 1; }

        /// <summary>Whether a terminal's user has typed Ctrl-D: there is something to read, and it has no bytes.</summary>
        public static bool IsAtEndOfTerminal(int descriptor)
        {
            int count;
            return IsReadable(descriptor, Deadline.In(0)) && ioctl(descriptor, (UIntPtr)0x541b /* FIONREAD */, out count) == 0 && count == 0;
        }

        /// <summary>Opens a POSIX semaphore that is there. Returns 0 or an errno.</summary>
        public static int OpenSemaphore(string name, out IntPtr semaphore)
        {
            semaphore = sem_open(name, 0);
            return semaphore != IntPtr.Zero ? 0 : Marshal.GetLastWin32Error();
        }

        /// <summary>Waits for a semaphore and takes it. False is the deadline.</summary>
        public static bool AcquireSemaphore(IntPtr semaphore, Deadline deadline)
        {
            for (;;)
            {
                Moment until;
                clock_gettime(MonotonicClock, out until);
                var nanoseconds = (long)until.Nanoseconds + deadline.Left * 1000000L;
                until.Seconds = (IntPtr)((long)until.Seconds + nanoseconds / 1000000000);
                until.Nanoseconds = (IntPtr)(nanoseconds % 1000000000);
                if (sem_clockwait(semaphore, MonotonicClock, ref until) == 0) return true;
                if (Marshal.GetLastWin32Error() != EINTR) return false;
            }
        }

        public static void ReleaseSemaphore(IntPtr semaphore) { sem_post(semaphore); }

        public static void CloseSemaphore(IntPtr semaphore) { sem_close(semaphore); }

        /// <summary>Makes a file at least so long and takes the space now. Returns 0 or an errno.</summary>
        public static int Reserve(int descriptor, int size)
        {
            int errno;
            do errno = posix_fallocate(descriptor, IntPtr.Zero, (IntPtr)size); while (errno == EINTR);
            return errno;
        }
    }
}
