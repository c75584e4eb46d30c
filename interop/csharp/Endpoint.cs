// The C# endpoint: local channels on Linux with the class library, on Mono and on .NET.
//
// It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output.
// The file reads from the bottom of the stack to the top:
//
//   1. faults          exceptions and errno become the protocol's error kinds, in one place
//   2. system calls    what the class library does not tell, asked of libc
//   3. framings        pure functions: bytes in, decision out
//   4. byte streams    sockets, named pipes, FIFOs and inherited descriptors as one abstract class
//   5. connections     messages over a stream, the handshake, packets, the slot and the cell in a mapped file
//   6. opening         what each transport's class wants, and what it does not say when it fails
//   7. layouts         how the marshaller lays a record out
//   8. the session     one method a verb
//   9. command lines   parsing, replies, Main
//
// It is written in the C# that both Mono's mcs and the .NET SDK compile: C# 6. It is for Linux: statx(2) and the numbers of errno
// below are Linux's.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    // ---- 1. Faults --------------------------------------------------------------------------------------------------

    /// <summary>A failure with a kind for programs and a sentence for people.</summary>
    sealed class Fault : Exception
    {
        public readonly string Kind;

        public Fault(string kind, string message) : base(message) { Kind = kind; }

        public static Fault Usage(string message) { return new Fault("usage", message); }

        public static Fault Unsupported(string message) { return new Fault("unsupported", message); }

        public static Fault TooLarge(long length, long limit)
        {
            return new Fault("too-large", "A message of " + length + " bytes or more is above the limit of " + limit
                + ": send less, or open the channel with a larger limit.");
        }

        /// <summary>The fault for an error number of the system.</summary>
        public static Fault OfErrno(int errno, string action)
        {
            return new Fault(KindOfErrno(errno), action + " failed: " + Libc.Describe(errno) + " (errno " + errno + "). " + Cure(KindOfErrno(errno)));
        }

        /// <summary>The fault for whatever the class library threw.</summary>
        /// <remarks>
        /// The same errno arrives in three shapes. Sockets throw SocketException; its SocketErrorCode means the same on both runtimes,
        /// its ErrorCode does not (Mono has Windows' 10054 where .NET has Linux' 104). Pipes throw IOException around a
        /// SocketException, or with the errno itself as HResult. Files have an exception class for each common cause.
        /// </remarks>
        public static Fault OfException(Exception exception, string action)
        {
            var fault = exception as Fault;
            if (fault != null) return fault;
            var kind = KindOfException(exception);
            var detail = kind == "internal" ? exception.GetType().Name + ": " + exception.Message : exception.Message;
            return new Fault(kind, action + " failed: " + detail.TrimEnd('.') + ". " + Cure(kind));
        }

        static string KindOfException(Exception exception)
        {
            var socket = exception as SocketException ?? exception.InnerException as SocketException;
            if (socket != null) return KindOfSocketError(socket.SocketErrorCode);
            if (exception is FileNotFoundException || exception is DirectoryNotFoundException) return "missing";
            if (exception is PathTooLongException) return "usage";
            if (exception is UnauthorizedAccessException) return "denied";
            return exception is IOException ? KindOfErrno(exception.HResult) : "internal";
        }

        static string KindOfSocketError(SocketError error)
        {
            switch (error)
            {
                case SocketError.MessageSize: return "too-large";
                case SocketError.Shutdown: return "closed"; // what both runtimes make of EPIPE
                case SocketError.ConnectionReset: return "reset";
                case SocketError.ConnectionRefused: case SocketError.ProtocolType: return "refused";
                case SocketError.AddressAlreadyInUse: return "exists";
                case SocketError.AccessDenied: return "denied";
                case SocketError.AddressFamilyNotSupported: case SocketError.ProtocolNotSupported: case SocketError.OperationNotSupported:
                    return "unsupported";
                default: return "internal";
            }
        }

        static string KindOfErrno(int errno)
        {
            switch (errno)
            {
                case 90 /* EMSGSIZE */: return "too-large";
                case Libc.EPIPE: return "closed";
                case 104 /* ECONNRESET */: return "reset";
                case Libc.ECONNREFUSED: case 91 /* EPROTOTYPE */: return "refused";
                case Libc.ENOENT: case 20 /* ENOTDIR */: case 9 /* EBADF */: return "missing";
                case 98 /* EADDRINUSE */: case 17 /* EEXIST */: return "exists";
                case 1 /* EPERM */: case 13 /* EACCES */: case 30 /* EROFS */: return "denied";
                case 93 /* EPROTONOSUPPORT */: case 95 /* EOPNOTSUPP */: case 97 /* EAFNOSUPPORT */: return "unsupported";
                case 21 /* EISDIR */: case 36 /* ENAMETOOLONG */: return "usage";
                default: return "internal";
            }
        }

        static string Cure(string kind)
        {
            switch (kind)
            {
                case "too-large": return "Send less at once, or use a stream transport.";
                case "closed": return "The peer has closed its end; see why it stopped reading.";
                case "reset": return "The peer closed while data lay unread; let it read to the end before it closes.";
                case "refused": return "Start a listener of the same socket type at this address first.";
                case "missing": return "Check the path or number, and that it was made before it was opened.";
                case "exists": return "Choose another address, or stop the program that uses this one.";
                case "denied": return "Check the owner and mode of the path and of the folders above it.";
                case "unsupported": return "Choose a transport that this system has.";
                case "usage": return "Give the path of a file of the kind that is wanted, and a short one.";
                default: return "The endpoint does not foresee this; the exception or error number says more.";
            }
        }
    }

    // ---- 2. System calls --------------------------------------------------------------------------------------------

    /// <summary>The few system calls that the class library has no method for, or whose outcome it hides.</summary>
    static class Libc
    {
        public const int ENOENT = 2, EINTR = 4, EPIPE = 32, ECONNREFUSED = 111;
        const int CurrentFolder = -100, EmptyPath = 0x1000, NoFollow = 0x100, BasicStatus = 0x7ff;
        const int GetFlags = 3, SetFlags = 4, GetDescriptorFlags = 1, SetDescriptorFlags = 2, CloseOnExec = 1, NonBlocking = 0x800, AccessMode = 3;
        const int OpenCloseOnExec = 0x80000, OpenPath = 0x200000;
        const int Stream = 1, SocketLevel = 1, SocketType = 3;

        // SetLastError copies errno right after the call: the runtime makes system calls of its own before the next line runs.
        [DllImport("libc", SetLastError = true)]
        static extern int statx(int folder, string path, int flags, uint mask, out FileStatus status);
        [DllImport("libc", SetLastError = true)] static extern int access(string path, int mode);
        [DllImport("libc", SetLastError = true)] static extern int unlink(string path);
        [DllImport("libc", SetLastError = true)] static extern int fcntl(int descriptor, int command, IntPtr argument);
        [DllImport("libc")] static extern int posix_fallocate(int descriptor, IntPtr offset, IntPtr length);
        [DllImport("libc")] static extern uint umask(uint mask);
        [DllImport("libc", SetLastError = true)] static extern int open(string path, int flags);
        [DllImport("libc")] static extern int close(int descriptor);
        [DllImport("libc", SetLastError = true)] static extern int shutdown(int descriptor, int how);
        [DllImport("libc")] static extern int getsockopt(int descriptor, int level, int option, out int value, ref int length);
        [DllImport("libc", SetLastError = true)] static extern IntPtr recv(int descriptor, byte[] buffer, IntPtr size, int flags);
        [DllImport("libc", SetLastError = true)] static extern int poll(ref PollEntry entry, IntPtr count, int milliseconds);
        [DllImport("libc")] static extern IntPtr strerror(int errno);
        [DllImport("libc")] static extern void _exit(int status);

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

        /// <summary>Whether the reading end of a pipe or FIFO is gone: its writing end then has POLLERR.</summary>
        public static bool HasNoReader(int descriptor)
        {
            var entry = new PollEntry { Descriptor = descriptor };
            while (poll(ref entry, (IntPtr)1, 0) < 0 && Marshal.GetLastWin32Error() == EINTR) { }
            return (entry.Happened & 8) != 0;
        }

        /// <summary>Whether there is something to read, or the end, within so many milliseconds.</summary>
        public static bool IsReadable(int descriptor, int milliseconds)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = 1 /* POLLIN */ };
            return poll(ref entry, (IntPtr)1, milliseconds) > 0;
        }

        /// <summary>Makes a file at least so long and takes the space now. Returns 0 or an errno.</summary>
        public static int Reserve(int descriptor, int size)
        {
            int errno;
            do errno = posix_fallocate(descriptor, IntPtr.Zero, (IntPtr)size); while (errno == EINTR);
            return errno;
        }
    }

    // ---- 3. Framings ------------------------------------------------------------------------------------------------

    /// <summary>The frame at the front of what was received, as far as it is understood; offsets count from its first byte.</summary>
    /// <remarks>What was looked at is remembered, so that a stream in pieces of one byte costs no more than one in a single piece.</remarks>
    sealed class Frame
    {
        public bool IsMeasured; // The three lengths are valid.
        public int Header, Payload, Trailer;

        public int Scanned; // line, content-length: looked at up to here.
        public int LineStart; // content-length: where the header line that is being collected begins.
        public long ContentLength = -1;

        public long Total { get { return (long)Header + Payload + Trailer; } }

        /// <summary>The length is checked here, before any memory is taken: four hostile bytes must not be able to ask for gigabytes.</summary>
        public void Measure(int header, ulong payload, int trailer, int limit)
        {
            if (payload > (ulong)limit) throw new Fault("too-large", "A frame announces " + payload + " bytes and the limit is " + limit
                + ": send less, or open the channel with a larger limit.");
            Header = header;
            Payload = (int)payload;
            Trailer = trailer;
            IsMeasured = true;
        }
    }

    /// <summary>The rules of one framing. It has no state: one instance serves every stream.</summary>
    abstract class Framing
    {
        public static readonly Dictionary<string, Framing> ByName = new Dictionary<string, Framing>
        {
            { "multiprocessing", new MultiprocessingFraming() },
            { "u32le", new LittleEndianFraming() },
            { "line", new LineFraming() },
            { "netstring", new NetstringFraming() },
            { "varint", new VarintFraming() },
            { "content-length", new ContentLengthFraming() },
        };

        /// <summary>The bytes before a payload of this length.</summary>
        public abstract byte[] Header(int length);

        /// <summary>The bytes after every payload.</summary>
        public virtual byte[] Trailer { get { return new byte[0]; } }

        /// <summary>Throws `malformed` for a payload that the framing cannot carry.</summary>
        public virtual void CheckPayload(byte[] bytes, int offset, int count) { }

        /// <summary>Measures the frame as soon as it can be, and otherwise remembers how far it looked.</summary>
        /// <remarks>Throws at the first byte that settles the matter, so that the outcome does not depend on how the stream is cut.</remarks>
        public abstract void Decode(Frame frame, byte[] buffer, int start, int available, int limit);

        protected static Fault Malformed(string reason)
        {
            return new Fault("malformed", reason + ": check that both ends use the same framing.");
        }

        /// <summary>Shifts instead of BitConverter, whose byte order is the machine's.</summary>
        protected static ulong BigEndian(byte[] buffer, int start, int count)
        {
            ulong value = 0;
            for (var index = start; index < start + count; index++) value = value << 8 | buffer[index];
            return value;
        }
    }

    /// <summary>The frames of Python's multiprocessing.connection, of send_bytes and recv_bytes.</summary>
    sealed class MultiprocessingFraming : Framing
    {
        public override byte[] Header(int length)
        {
            // A limit is an int, so the long form is never the shortest.
            return new[] { (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length };
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            if (available < 4) return;
            var length = (int)BigEndian(buffer, start, 4);
            if (length >= 0) frame.Measure(4, (ulong)length, 0, limit);
            else if (length != -1) throw Malformed("A frame announces a length of " + length);
            else if (available >= 12) frame.Measure(12, BigEndian(buffer, start + 4, 8), 0, limit);
        }
    }

    /// <summary>A uint32 little-endian length: what browsers speak with their native messaging hosts.</summary>
    sealed class LittleEndianFraming : Framing
    {
        public override byte[] Header(int length)
        {
            return new[] { (byte)length, (byte)(length >> 8), (byte)(length >> 16), (byte)(length >> 24) };
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            if (available < 4) return;
            var length = buffer[start] | (uint)buffer[start + 1] << 8 | (uint)buffer[start + 2] << 16 | (uint)buffer[start + 3] << 24;
            frame.Measure(4, length, 0, limit);
        }
    }

    /// <summary>The payload and a line feed, as in JSON Lines. A carriage return is payload.</summary>
    sealed class LineFraming : Framing
    {
        static readonly byte[] lineFeed = { (byte)'\n' };

        public override byte[] Header(int length) { return new byte[0]; }

        public override byte[] Trailer { get { return lineFeed; } }

        public override void CheckPayload(byte[] bytes, int offset, int count)
        {
            if (Array.IndexOf(bytes, (byte)'\n', offset, count) >= 0)
                throw new Fault("malformed", "The message has a line feed, which would end it early: choose a framing with a length.");
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            var found = Array.IndexOf(buffer, (byte)'\n', start + frame.Scanned, available - frame.Scanned);
            frame.Scanned = found < 0 ? available : found - start;
            if (frame.Scanned > limit) throw new Fault("too-large", "More than " + limit
                + " bytes came without a line feed: send less, or open the channel with a larger limit.");
            if (found >= 0) frame.Measure(0, (ulong)frame.Scanned, 1, limit);
        }
    }

    /// <summary>Decimal length, colon, payload, comma.</summary>
    sealed class NetstringFraming : Framing
    {
        static readonly byte[] comma = { (byte)',' };

        public override byte[] Header(int length) { return Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + ":"); }

        public override byte[] Trailer { get { return comma; } }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            ulong length = 0;
            for (var index = 0; index < available; index++)
            {
                var octet = buffer[start + index];
                if (octet == ':' && index > 0)
                {
                    frame.Measure(index + 1, length, 1, limit);
                    return;
                }
                if (octet < '0' || octet > '9' || (index == 1 && buffer[start] == '0'))
                    throw Malformed("A netstring's length, which is digits without a leading zero, has the byte 0x" + octet.ToString("x2"));
                length = length * 10 + (ulong)(octet - '0');
                // At this digit, not at the colon: an endless run of digits must neither be collected nor overflow.
                if (length > (ulong)limit) throw Fault.TooLarge((long)length, limit);
            }
        }
    }

    /// <summary>Unsigned LEB128 length, seven bits a byte, lowest first: protobuf's delimited messages.</summary>
    sealed class VarintFraming : Framing
    {
        public override byte[] Header(int length)
        {
            var header = new List<byte>();
            for (; length >= 0x80; length >>= 7) header.Add((byte)(length | 0x80));
            header.Add((byte)length);
            return header.ToArray();
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            ulong length = 0;
            for (var index = 0; index < available; index++)
            {
                var octet = buffer[start + index];
                // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
                if (index == 9 && octet > 1) throw Malformed("A varint has more than 64 bits");
                length |= (ulong)(octet & 0x7f) << (7 * index);
                if (octet < 0x80)
                {
                    frame.Measure(index + 1, length, 0, limit);
                    return;
                }
            }
        }
    }

    /// <summary>A header block with Content-Length, as language and debug servers have it.</summary>
    sealed class ContentLengthFraming : Framing
    {
        const int LongestHeader = 4096; // A header has no length of its own, so it needs a limit too.

        public override byte[] Header(int length)
        {
            return Encoding.ASCII.GetBytes("Content-Length: " + length.ToString(CultureInfo.InvariantCulture) + "\r\n\r\n");
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            for (; frame.Scanned < available && frame.Scanned < LongestHeader; frame.Scanned++)
            {
                var isLineFeed = buffer[start + frame.Scanned] == '\n';
                var followsReturn = frame.Scanned > frame.LineStart && buffer[start + frame.Scanned - 1] == '\r';
                if (isLineFeed != followsReturn) throw Malformed("A header line does not end with CR LF");
                if (!isLineFeed) continue;
                var length = frame.Scanned - 1 - frame.LineStart;
                if (length == 0)
                {
                    if (frame.ContentLength < 0) throw Malformed("A header has no Content-Length");
                    frame.Measure(frame.Scanned + 1, (ulong)frame.ContentLength, 0, limit);
                    return;
                }
                TakeLine(frame, Encoding.ASCII.GetString(buffer, start + frame.LineStart, length));
                frame.LineStart = frame.Scanned + 1;
            }
            if (frame.Scanned == LongestHeader) throw Malformed("A header does not end within " + LongestHeader + " bytes");
        }

        static void TakeLine(Frame frame, string line)
        {
            var colon = line.IndexOf(':');
            if (colon < 0) throw Malformed("A header line has no colon");
            if (!line.Substring(0, colon).Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) return;
            var digits = line.Substring(colon + 1).Trim(' ', '\t');
            // Not TryParse alone, which takes blanks and signs by default. Nineteen digits can be above an Int64 but not a UInt64.
            var isNumber = digits.Length >= 1 && digits.Length <= 19 && digits.All(digit => digit >= '0' && digit <= '9');
            if (frame.ContentLength >= 0 || !isNumber) throw Malformed("A header has a second Content-Length, or one that is no number");
            frame.ContentLength = (long)Math.Min(ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), long.MaxValue);
        }
    }

    // ---- 4. Byte streams --------------------------------------------------------------------------------------------

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

    // ---- 5. Connections ---------------------------------------------------------------------------------------------

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

        /// <summary>Waits for a message. False is a clean end of the stream, and so it is every time after.</summary>
        public abstract bool TryReceive(out ArraySegment<byte> message);

        public abstract void Consume();

        public virtual void EndWriting() { throw Fault.Unsupported("This transport has no half close: close the channel instead."); }

        public abstract void Dispose();
    }

    sealed class MessageStream : Connection
    {
        const int BufferSize = 65536; // What a pipe holds, so one read empties it.
        const int SmallestRead = 4096; // See FifoBytes.Read.
        const int LargestJoined = 65536; // Up to here a copy is cheaper than a second system call, and the peer is woken once.
        const int LargestArray = 0x7fffffc7;

        readonly ByteStream stream;
        readonly Framing framing;
        byte[] joined = new byte[1024];

        byte[] buffer = new byte[0]; // Received and not yet consumed: from start up to end.
        int start, end;
        Frame frame = new Frame();
        Stopwatch started; // Runs while there is a deadline.
        int milliseconds;
        bool isAtEnd; // Stays true: a FIFO's next writer must not bring an ended stream back to life.

        public MessageStream(ByteStream stream, Framing framing, int limit) : base(limit)
        {
            this.stream = stream;
            this.framing = framing;
        }

        /// <summary>Does something in which messages have at most so many bytes and all receiving together has a deadline.</summary>
        public void Within(int milliseconds, int limit, Action action)
        {
            var before = Limit;
            this.milliseconds = milliseconds;
            started = Stopwatch.StartNew();
            Limit = limit;
            try
            {
                action();
            }
            finally
            {
                Limit = before;
                started = null;
            }
        }

        void WaitInTime()
        {
            if (started == null) return;
            var left = milliseconds - started.ElapsedMilliseconds;
            if (left <= 0 || !stream.WaitToRead((int)left))
                throw new Fault("timeout", "The peer did not do its part within " + milliseconds + " ms: see what it is waiting for.");
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

        public override bool TryReceive(out ArraySegment<byte> message)
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
                    WaitInTime();
                    var count = stream.Read(buffer, end, buffer.Length - end);
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

    /// <summary>
    /// The handshake with which both sides of Python's multiprocessing.connection prove that they have the key. Each answers the other's
    /// challenge with an HMAC of it, the accepting side's first.
    /// </summary>
    static class Handshake
    {
        const int Milliseconds = 5000, LongestMessage = 256, ChallengeSize = 20;
        const string Challenge = "#CHALLENGE#", Welcome = "#WELCOME#", Failure = "#FAILURE#";

        /// <summary>
        /// Whether the hashes can be had. Mono brings its own; .NET takes OpenSSL's, and where it finds none that it knows, the first hash
        /// ends the process, so that it cannot even be tried.
        /// </summary>
        public static readonly bool IsAvailable = Type.GetType("Mono.Runtime") != null;

        public static void Run(MessageStream stream, byte[] key, bool isAccepting)
        {
            try
            {
                stream.Within(Milliseconds, LongestMessage, () =>
                {
                    if (isAccepting) Deliver(stream, key);
                    Answer(stream, key);
                    if (!isAccepting) Deliver(stream, key);
                });
            }
            catch (Fault fault) when (fault.Kind == "truncated" || fault.Kind == "malformed" || fault.Kind == "closed")
            {
                throw Refused("broke the handshake or hung up in it");
            }
            catch (SocketException)
            {
                throw Refused("hung up in the handshake");
            }
            catch (IOException)
            {
                throw Refused("hung up in the handshake");
            }
        }

        static void Deliver(MessageStream stream, byte[] key)
        {
            // Twenty bytes, as before Python 3.12: every version answers them, and newer ones as the old did, with HMAC-MD5.
            var challenge = new byte[ChallengeSize];
            // Not RandomNumberGenerator: on Mono it keeps its source open for ever. A read of so few bytes is never a part of them.
            using (var random = File.OpenRead("/dev/urandom")) random.Read(challenge, 0, challenge.Length);
            Send(stream, Encoding.ASCII.GetBytes(Challenge).Concat(challenge).ToArray());
            if (!IsAnswer(Receive(stream), key, challenge))
            {
                Send(stream, Encoding.ASCII.GetBytes(Failure));
                throw Refused("answered with another key");
            }
            Send(stream, Encoding.ASCII.GetBytes(Welcome));
        }

        static void Answer(MessageStream stream, byte[] key)
        {
            var message = Receive(stream);
            if (!StartsWith(message, Challenge)) throw Refused("sent no challenge");
            var challenge = message.Skip(Challenge.Length).ToArray();
            var name = challenge.Length == ChallengeSize ? "" : NameOf(challenge);
            if (name == null || challenge.Length < ChallengeSize) throw Refused("sent a challenge for no digest that is known here");
            var prefix = Encoding.ASCII.GetBytes(name == "" ? "" : "{" + name + "}");
            Send(stream, prefix.Concat(Digest(name, key, challenge)).ToArray());
            var verdict = Receive(stream);
            if (verdict.Length != Welcome.Length || !StartsWith(verdict, Welcome)) throw Refused("did not accept the answer");
        }

        static bool IsAnswer(byte[] reply, byte[] key, byte[] challenge)
        {
            var name = reply.Length == 16 ? "" : NameOf(reply);
            if (name == null) return false;
            var expected = Digest(name, key, challenge);
            var start = name == "" ? 0 : name.Length + 2;
            if (reply.Length - start != expected.Length) return false;
            // All bytes, whatever the first ones are: the time must not tell how many of them were right.
            var difference = 0;
            for (var index = 0; index < expected.Length; index++) difference |= expected[index] ^ reply[start + index];
            return difference == 0;
        }

        /// <summary>The digest that stands in braces at the beginning, or null if there is none that this endpoint has.</summary>
        static string NameOf(byte[] message) { return new[] { "md5", "sha256", "sha384" }.FirstOrDefault(name => StartsWith(message, "{" + name + "}")); }

        static byte[] Digest(string name, byte[] key, byte[] message)
        {
            using (var hmac = name == "sha256" ? new HMACSHA256(key) : name == "sha384" ? (HMAC)new HMACSHA384(key) : new HMACMD5(key))
                return hmac.ComputeHash(message);
        }

        static bool StartsWith(byte[] message, string prefix) { return message.Take(prefix.Length).SequenceEqual(Encoding.ASCII.GetBytes(prefix)); }

        static void Send(MessageStream stream, byte[] message) { stream.Send(message, 0, message.Length); }

        static byte[] Receive(MessageStream stream)
        {
            ArraySegment<byte> message;
            if (!stream.TryReceive(out message)) throw Refused("hung up in the handshake");
            var copy = message.ToArray();
            stream.Consume();
            return copy;
        }

        static Fault Refused(string what) { return new Fault("authentication", "The peer " + what + ": give both sides the same key."); }
    }

    /// <summary>Messages over a socket that keeps their bounds.</summary>
    sealed class PacketSocket : Connection
    {
        readonly Socket socket;
        byte[] packet; // Received and not yet consumed.
        bool isAtEnd;

        public PacketSocket(Socket socket, int limit) : base(limit) { this.socket = socket; }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count == 0) throw new Fault("malformed", "A packet of no bytes looks like the end of the stream: send at least one byte.");
            socket.Send(bytes, offset, count, SocketFlags.None); // The whole packet or nothing.
        }

        public override bool TryReceive(out ArraySegment<byte> message)
        {
            message = default(ArraySegment<byte>);
            if (packet == null && !isAtEnd)
            {
                // A receive with too little room cuts the packet and loses its rest, silently; so its length is asked for first.
                var length = Libc.LengthOfNextPacket((int)socket.Handle);
                if (length < 0) throw Fault.OfErrno((int)-length, "Receiving a packet");
                if (length > Limit) throw Fault.TooLarge(length, Limit);
                isAtEnd = length == 0;
                if (length > 0)
                {
                    packet = new byte[length];
                    socket.Receive(packet, 0, packet.Length, SocketFlags.None);
                }
            }
            if (packet == null) return false;
            message = new ArraySegment<byte>(packet);
            return true;
        }

        public override void Consume() { packet = null; }

        public override void EndWriting() { SocketStream.EndWriting(socket); }

        public override void Dispose() { socket.Dispose(); }
    }

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

        public override bool TryReceive(out ArraySegment<byte> message)
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
            // Written before taken: never is there more taken than written.
            foreach (var word in new[] { Closed, Length, Written, Taken }) Volatile.Write(ref words[word], 0);
        }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count > LargestMessage) throw Fault.TooLarge(count, LargestMessage);
            WaitUntil(IsTaken);
            Marshal.Copy(bytes, offset, (IntPtr)words + ContentOffset, count);
            Volatile.Write(ref words[Length], (ulong)count);
            // Last: from here on the message is the reader's.
            Volatile.Write(ref words[Written], Volatile.Read(ref words[Written]) + 1);
        }

        public override bool TryReceive(out ArraySegment<byte> message)
        {
            if (taken == null)
            {
                message = new ArraySegment<byte>();
                WaitUntil(HasMessageOrEnd);
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
        void WaitUntil(Func<bool> isReady)
        {
            for (var turn = 0; ; turn++)
            {
                // Before each touch, for the same reason as with a slot.
                if (!IsWhole())
                    throw new Fault("truncated", "The cell's file has been cut while it was mapped: let its writer open it anew.");
                if (isReady()) return;
                if (turn < 200) Thread.Yield();
                else Thread.Sleep(1);
            }
        }

        bool IsWhole()
        {
            Libc.FileStatus status;
            var errno = Libc.Examine((int)file.SafeFileHandle.DangerousGetHandle(), out status);
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at the cell");
            return status.Size >= Size;
        }

        public override void Dispose()
        {
            if (writes && IsWhole()) Volatile.Write(ref words[Closed], 1);
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
            file.Dispose();
        }
    }

    // ---- 6. Opening -------------------------------------------------------------------------------------------------

    /// <summary>Something that is listening, and takes one peer.</summary>
    abstract class Listener : IDisposable
    {
        public abstract ByteStream Accept();

        public abstract void Dispose();
    }

    sealed class SocketListener : Listener
    {
        public readonly Socket Socket;
        readonly string path; // The socket file that it made, or null, and which file that was.
        readonly Libc.FileStatus madeFile;

        public SocketListener(Socket socket, string path)
        {
            Socket = socket;
            this.path = path;
            if (path != null) Libc.ExamineLink(path, out madeFile);
        }

        public Socket AcceptSocket()
        {
            var accepted = Socket.Accept();
            Libc.SetCloseOnExec((int)accepted.Handle);
            if (accepted.AddressFamily == AddressFamily.InterNetwork) accepted.NoDelay = true;
            return accepted;
        }

        public override ByteStream Accept() { return new SocketStream(AcceptSocket()); }

        public override void Dispose()
        {
            // Neither runtime removes the file. It goes first: a peer that finds no file learns more than one that finds a file where
            // nobody listens. And only if it is still the one that was made: another listener may have taken the path since.
            Libc.FileStatus status;
            if (path != null && Libc.ExamineLink(path, out status) == 0 && status.IsSameFile(madeFile)) Libc.Remove(path);
            Socket.Dispose();
        }
    }

    /// <summary>A named pipe of .NET, which on Linux is a Unix stream socket. It removes its socket file when it is disposed of.</summary>
    sealed class NamedPipeListener : Listener
    {
        readonly NamedPipeServerStream server;

        public NamedPipeListener(NamedPipeServerStream server) { this.server = server; }

        public override ByteStream Accept()
        {
            server.WaitForConnection();
            Libc.SetCloseOnExec((int)server.SafePipeHandle.DangerousGetHandle());
            return new PipeBytes(server); // The server is listener and connection at once; disposing of it twice does no harm.
        }

        public override void Dispose() { server.Dispose(); }
    }

    /// <summary>Opens channels: each method returns something that is connected or listening, or throws and leaves nothing behind.</summary>
    static class Transports
    {
        static readonly string[] sockets = { "listen", "connect" }, ends = { "read", "write" };

        public static readonly Dictionary<string, string[]> Roles = new Dictionary<string, string[]>
        {
            { "unix", sockets }, { "unix-abstract", sockets }, { "unix-seqpacket", sockets }, { "dotnet-pipe", sockets }, { "tcp", sockets },
            { "fifo", ends }, { "pipe", ends }, { "socketpair", ends }, { "file-slot", ends }, { "file-cell", ends },
        };

        public static bool IsOneWay(string transport)
        {
            return transport == "fifo" || transport == "pipe" || transport == "file-slot" || transport == "file-cell";
        }

        public static bool KeepsBounds(string transport)
        {
            return transport == "unix-seqpacket" || transport == "file-slot" || transport == "file-cell";
        }

        public static Listener Listen(string transport, string address)
        {
            if (transport == "dotnet-pipe") return ListenOnNamedPipe(address);
            var hasFile = transport == "unix" || transport == "unix-seqpacket";
            if (hasFile) CheckPath(address);
            var place = EndPointOf(transport, address);
            var socket = NewSocket(transport);
            var isBound = false;
            try
            {
                // SO_REUSEADDR, which lets a TCP port be taken again while old connections are in TIME_WAIT, is set by both runtimes. Their
                // own ReuseAddress option sets SO_REUSEPORT too and would let two listeners share a port: leave it alone.
                try
                {
                    socket.Bind(place);
                }
                catch (SocketException exception) when (hasFile && exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
                {
                    RemoveStaleSocket(address);
                    socket.Bind(place);
                }
                isBound = true;
                socket.Listen(16);
                return new SocketListener(socket, hasFile ? address : null);
            }
            catch (Exception exception)
            {
                if (isBound && hasFile) Libc.Remove(address);
                socket.Dispose();
                if (hasFile && !isBound) throw WhyNotMade(exception, address);
                throw;
            }
        }

        public static Socket Connect(string transport, string address)
        {
            var hasFile = transport == "unix" || transport == "unix-seqpacket";
            if (hasFile) CheckPath(address);
            var place = EndPointOf(transport, address);
            if (transport == "tcp" && ((IPEndPoint)place).Port == 0) throw Fault.Usage("Port 0 is for listening: connect to the port that was chosen.");
            var socket = NewSocket(transport);
            try
            {
                socket.Connect(place);
                // Without a listener the system may pick the target as our own port and connect the socket with itself.
                if (transport == "tcp" && socket.LocalEndPoint.Equals(socket.RemoteEndPoint)) throw Fault.OfErrno(Libc.ECONNREFUSED, "Connecting to " + address);
                if (transport == "tcp") socket.NoDelay = true; // Or a small message waits for the one before to be acknowledged, up to 40 ms.
                return socket;
            }
            catch (Exception exception)
            {
                socket.Dispose();
                if (hasFile && exception is SocketException) throw WhyNotConnected(exception, address);
                throw;
            }
        }

        static Socket NewSocket(string transport)
        {
            var socket = transport == "tcp"
                ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(AddressFamily.Unix, transport == "unix-seqpacket" ? SocketType.Seqpacket : SocketType.Stream, ProtocolType.Unspecified);
            Libc.SetCloseOnExec((int)socket.Handle);
            return socket;
        }

        static EndPoint EndPointOf(string transport, string address)
        {
            if (transport == "tcp") return LoopbackEndPoint(address);
            if (transport == "unix-abstract" && (address.Length < 2 || address[0] != '@')) throw Fault.Usage("An abstract address is @ and a name of at least one byte.");
            CheckLength(transport == "unix-abstract" ? address.Substring(1) : address);
            return new UnixDomainSocketEndPoint(transport == "unix-abstract" ? "\0" + address.Substring(1) : address);
        }

        static EndPoint LoopbackEndPoint(string address)
        {
            const string host = "127.0.0.1:";
            long port;
            if (!address.StartsWith(host, StringComparison.Ordinal) || !Number.TryParse(address.Substring(host.Length), 0, 65535, out port))
                throw Fault.Usage("A TCP address is 127.0.0.1:PORT, with a port from 0 to 65535; no other host is allowed.");
            return new IPEndPoint(IPAddress.Loopback, (int)port);
        }

        /// <summary>
        /// In bytes, of a path or of an abstract name without its NUL. The system holds 107; Mono wants room for one byte more. Checked here,
        /// because Mono notices only when it binds or connects, and the pipe classes of both runtimes then leave a socket open.
        /// </summary>
        static readonly int LongestAddress = Type.GetType("Mono.Runtime") == null ? 107 : 106;

        static void CheckLength(string address)
        {
            var length = Encoding.UTF8.GetByteCount(address);
            if (length > LongestAddress) throw Fault.Usage("The address has " + length + " bytes and a socket address of this runtime holds " + LongestAddress + ": use a shorter one.");
        }

        public static void CheckPath(string path)
        {
            if (path.Length == 0 || path.IndexOf('\0') >= 0) throw Fault.Usage("A path has at least one byte and no NUL: give the path of a file.");
        }

        /// <summary>Why connecting failed. Mono says `refused` where the path does not exist, and .NET an address that is not available.</summary>
        static Fault WhyNotConnected(Exception exception, string path)
        {
            Libc.FileStatus status;
            var errno = Libc.Examine(path, out status);
            // A named pipe gives its one attempt up as timed out, whether the file is missing or nobody listens.
            if (errno == 0 && exception is TimeoutException) errno = Libc.ECONNREFUSED;
            return errno != 0 ? Fault.OfErrno(errno, "Connecting to " + path) : Fault.OfException(exception, "Connecting to " + path);
        }

        /// <summary>Why a file could not be made or opened for writing, as far as the system knows better than the exception.</summary>
        static Fault WhyNotMade(Exception exception, string path)
        {
            var folder = Path.GetDirectoryName(path);
            var errno = exception is Fault ? 0 : Libc.ObstacleToMakeIn(string.IsNullOrEmpty(folder) ? (path[0] == '/' ? "/" : ".") : folder);
            return errno != 0 ? Fault.OfErrno(errno, "Making " + path) : Fault.OfException(exception, "Making " + path);
        }

        /// <summary>Removes the socket file of a program that did not, usually because it crashed. Throws `exists` if anything else is there.</summary>
        static void RemoveStaleSocket(string path)
        {
            Libc.FileStatus status;
            var errno = Libc.ExamineLink(path, out status);
            if (errno == Libc.ENOENT) return;
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at " + path);
            if (!status.IsSocket) throw new Fault("exists", "At " + path + " is a file that is no socket: choose another path.");
            // Anything else: somebody has it, or we cannot tell, and what may be in use must stay.
            if (ProbeSocketFile(path) != SocketError.ConnectionRefused)
                throw new Fault("exists", "Somebody uses " + path + ": choose another path, or stop that program.");
            errno = Libc.Remove(path);
            if (errno != 0 && errno != Libc.ENOENT) throw Fault.OfErrno(errno, "Removing the stale socket " + path);
        }

        /// <summary>Asks whether anybody holds a socket file, so that its holder does not notice.</summary>
        /// <remarks>
        /// A stream listener would take a stream socket for a peer. A datagram socket cannot connect to it: the error is ProtocolType
        /// (EPROTOTYPE) if somebody holds the file, listening or not, and ConnectionRefused if nobody does. With a datagram socket it connects,
        /// which that one does not see. Both runtimes report it alike. (Mono has ConnectionRefused for a missing file, too.)
        /// </remarks>
        static SocketError ProbeSocketFile(string path)
        {
            using (var probe = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
            {
                try
                {
                    probe.Connect(new UnixDomainSocketEndPoint(path));
                    return SocketError.Success;
                }
                catch (SocketException exception)
                {
                    return exception.SocketErrorCode;
                }
            }
        }

        // Named pipes of .NET

        static string NamedPipePath(string address)
        {
            CheckPath(address);
            // The names that .NET refuses.
            if ((address[0] != '/' && address.IndexOf('/') >= 0) || address.Equals("anonymous", StringComparison.OrdinalIgnoreCase))
                throw Fault.Usage("The name of a .NET pipe has no slash and is not \"anonymous\": give such a name, or an absolute path.");
            var path = address[0] == '/' ? address : Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + address);
            CheckLength(path);
            return path;
        }

        static Listener ListenOnNamedPipe(string address)
        {
            var path = NamedPipePath(address);
            // The constructor removes whatever is at the path: a listener at work, or a file of yours.
            RemoveStaleSocket(path);
            try
            {
                // One instance: its constructor binds and listens already. With more, each would be a listener at the same socket.
                return new NamedPipeListener(new NamedPipeServerStream(address, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.None));
            }
            catch (SocketException exception)
            {
                throw WhyNotMade(exception, path);
            }
        }

        public static ByteStream ConnectToNamedPipe(string address)
        {
            var path = NamedPipePath(address);
            var client = new NamedPipeClientStream(".", address, PipeDirection.InOut);
            try
            {
                client.Connect(0); // One attempt. Without a time it would try for ever, and say nothing of why it fails.
                Libc.SetCloseOnExec((int)client.SafePipeHandle.DangerousGetHandle());
                return new PipeBytes(client);
            }
            catch (Exception exception)
            {
                client.Dispose();
                if (exception is TimeoutException || exception is SocketException) throw WhyNotConnected(exception, path);
                throw;
            }
        }

        // FIFOs, files and inherited descriptors

        /// <summary>Opens a FIFO; waits until the other end is open too.</summary>
        public static ByteStream OpenFifo(string path, string role)
        {
            // Looked at before it is opened: a file's content would be our victim, and a device can have effects.
            if (!Existing(path).IsFifo) throw Fault.Usage(path + " is not a FIFO: make one with mkfifo.");
            var access = role == "read" ? FileAccess.Read : FileAccess.Write;
            // Open, as anything else may truncate; ReadWrite sharing, or the runtime locks out the other end; a buffer of one byte is none.
            return new FifoBytes(OpenFile(path, FileMode.Open, access));
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
            Libc.FileStatus status;
            var flags = Examine(descriptor, out status);
            if (!status.IsFifo || (role == "read" ? Libc.IsForWritingOnly(flags) : Libc.IsForReadingOnly(flags)))
                throw Fault.Usage("Descriptor " + descriptor + " is not the end of a pipe to " + role + ": pass one.");
            // Not a FileStream over a SafeFileHandle: Mono cannot make one of a pipe.
            return new PipeBytes(new AnonymousPipeClientStream(role == "read" ? PipeDirection.In : PipeDirection.Out, Adopt(descriptor, flags)));
        }

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

    // ---- 7. Layouts -------------------------------------------------------------------------------------------------

    /// <summary>The records of ../vectors/layouts.yml as the marshaller lays them out: what a peer sees in shared memory or gets from P/Invoke.</summary>
    /// <remarks>
    /// Sequential layout has the gaps of a C compiler and Pack = 1 has none. The default for a bool is Windows' BOOL of four bytes, so say
    /// which one is meant; a char is one byte or two, depending on CharSet. sizeof(T) is the size inside the runtime and may differ.
    /// </remarks>
    static class Layouts
    {
#pragma warning disable 169, 649 // Nobody assigns the fields: only their places matter.
        [StructLayout(LayoutKind.Sequential)] struct Mixed { public byte a; public uint b; public byte c; public double d; public short e; }

        [StructLayout(LayoutKind.Sequential, Pack = 1)] struct MixedPacked { public byte a; public uint b; public byte c; public double d; public short e; }

        [StructLayout(LayoutKind.Sequential)]
        struct Arrays
        {
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public byte[] tag;
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 2)] public uint[] values;
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 5)] public byte[] name;
        }

        [StructLayout(LayoutKind.Sequential)]
        struct Bools
        {
            [MarshalAs(UnmanagedType.I1)] public bool first;
            public int count;
            [MarshalAs(UnmanagedType.I1)] public bool second;
            [MarshalAs(UnmanagedType.I1)] public bool third;
        }

        [StructLayout(LayoutKind.Sequential)] struct Point { public float x, y; }

        [StructLayout(LayoutKind.Sequential)] struct Nested { public byte id; public Point position; public Mixed detail; public byte last; }

        // The class library does not tell an alignment. It is the gap that a record needs after one byte.
        [StructLayout(LayoutKind.Sequential)] struct AfterByte1 { public byte first; public Mixed record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte2 { public byte first; public MixedPacked record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte3 { public byte first; public Arrays record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte4 { public byte first; public Bools record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte5 { public byte first; public Point record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte6 { public byte first; public Nested record; }
#pragma warning restore 169, 649

        /// <summary>A record and its fields in their order, which reflection does not promise.</summary>
        public static string Describe(string record)
        {
            switch (record)
            {
                case "mixed": return Describe(typeof(Mixed), typeof(AfterByte1), "a", "b", "c", "d", "e");
                case "mixed-packed": return Describe(typeof(MixedPacked), typeof(AfterByte2), "a", "b", "c", "d", "e");
                case "arrays": return Describe(typeof(Arrays), typeof(AfterByte3), "tag", "values", "name");
                case "bools": return Describe(typeof(Bools), typeof(AfterByte4), "first", "count", "second", "third");
                case "point": return Describe(typeof(Point), typeof(AfterByte5), "x", "y");
                case "nested": return Describe(typeof(Nested), typeof(AfterByte6), "id", "position", "detail", "last");
                default: throw Fault.Unsupported("There is no record \"" + record + "\" here: interop/vectors/layouts.yml lists them.");
            }
        }

        static string Describe(Type record, Type afterByte, params string[] fields)
        {
            var offsets = fields.Select(field => field + ":" + Marshal.OffsetOf(record, field));
            return " size=" + Marshal.SizeOf(record) + " alignment=" + Marshal.OffsetOf(afterByte, "record") + " offsets=" + string.Join(",", offsets);
        }
    }

    // ---- 8. The session ---------------------------------------------------------------------------------------------

    /// <summary>An open channel: a listener, a connection, or a listener and the connection that it accepted.</summary>
    sealed class Channel : IDisposable
    {
        readonly string transport, role;
        readonly Framing framing; // Null if the transport keeps the bounds.
        readonly byte[] key; // Null without a handshake.
        public readonly int Limit;
        public readonly string ChosenAddress = "";
        readonly Listener listener;
        Connection connection;

        public Channel(string transport, string role, string address, Framing framing, int limit, byte[] key)
        {
            this.transport = transport;
            this.role = role;
            this.framing = framing;
            this.key = key;
            Limit = limit;
            if (role == "listen")
            {
                listener = Transports.Listen(transport, address);
                if (transport == "tcp" && address.EndsWith(":0", StringComparison.Ordinal))
                    ChosenAddress = " address=127.0.0.1:" + ((IPEndPoint)((SocketListener)listener).Socket.LocalEndPoint).Port;
            }
            else if (transport == "dotnet-pipe") Use(Transports.ConnectToNamedPipe(address));
            else if (role == "connect") Use(Transports.Connect(transport, address));
            else if (transport == "fifo") Use(Transports.OpenFifo(address, role));
            else if (transport == "file-slot") connection = Transports.OpenSlot(address, role, limit);
            else if (transport == "file-cell") connection = Transports.OpenCell(address, role, limit);
            else
            {
                var descriptor = Transports.InheritedDescriptor(address);
                Use(transport == "pipe" ? Transports.AdoptPipe(descriptor, role) : Transports.AdoptSocket(descriptor));
            }
        }

        void Use(Socket socket)
        {
            if (Transports.KeepsBounds(transport)) connection = new PacketSocket(socket, Limit);
            else Use(new SocketStream(socket));
        }

        void Use(ByteStream stream)
        {
            var messages = new MessageStream(stream, framing, Limit);
            if (key != null)
            {
                try
                {
                    Handshake.Run(messages, key, role == "listen");
                }
                catch
                {
                    messages.Dispose();
                    throw;
                }
            }
            connection = messages;
        }

        public void Accept()
        {
            if (listener == null) throw Fault.Usage("This channel does not listen: accept is for role=listen.");
            if (connection != null) throw Fault.Usage("This channel has its peer already: open another for the next one.");
            var socketListener = listener as SocketListener;
            if (socketListener != null) Use(socketListener.AcceptSocket());
            else Use(listener.Accept());
        }

        Connection Peer
        {
            get
            {
                if (connection == null) throw Fault.Usage("This channel has no peer yet: accept one first.");
                return connection;
            }
        }

        public Connection Sender
        {
            get
            {
                if (Transports.IsOneWay(transport) && role != "write") throw Fault.Usage("This channel was opened for reading: send on one with role=write.");
                return Peer;
            }
        }

        public Connection Receiver
        {
            get
            {
                if (Transports.IsOneWay(transport) && role != "read") throw Fault.Usage("This channel was opened for writing: receive on one with role=read.");
                return Peer;
            }
        }

        public void EndWriting()
        {
            if (Transports.IsOneWay(transport) || transport == "dotnet-pipe")
                throw Fault.Unsupported("A " + transport + " has no half close: close the channel instead.");
            Peer.EndWriting();
        }

        public void Dispose()
        {
            try
            {
                if (connection != null) connection.Dispose();
            }
            finally
            {
                if (listener != null) listener.Dispose();
            }
        }
    }

    sealed class Verb
    {
        public readonly string[] Required, Optional;
        public readonly Func<Dictionary<string, string>, string> Obey;

        public Verb(string required, string optional, Func<Dictionary<string, string>, string> obey)
        {
            var separator = new[] { ' ' };
            Required = required.Split(separator, StringSplitOptions.RemoveEmptyEntries);
            Optional = optional.Split(separator, StringSplitOptions.RemoveEmptyEntries);
            Obey = obey;
        }
    }

    /// <summary>Everything that the endpoint has open. Each verb returns what comes after `ok`.</summary>
    sealed class Session
    {
        const int DefaultLimit = 64 << 20, LargestCount = 10000000;

        public readonly Dictionary<string, Verb> Verbs;
        readonly Dictionary<string, Channel> channels = new Dictionary<string, Channel>();

        public Session()
        {
            Verbs = new Dictionary<string, Verb>
            {
                { "hello", new Verb("", "", Hello) },
                { "open", new Verb("channel transport role address framing", "limit authkey", Open) },
                { "accept", new Verb("channel", "", values => { ChannelOf(values).Accept(); return ""; }) },
                { "send", new Verb("channel", "payload file codec value format", Send) },
                { "receive", new Verb("channel", "file codec format", Receive) },
                { "close", new Verb("channel", "how", Close) },
                { "reset", new Verb("", "", values => { CloseAll(); return ""; }) },
                { "echo", new Verb("channel count", "", Echo) },
                { "ping", new Verb("channel count size", "", Ping) },
                { "layout", new Verb("record", "", values => Layouts.Describe(values["record"])) },
            };
        }

        Channel ChannelOf(Dictionary<string, string> values)
        {
            Channel channel;
            if (!channels.TryGetValue(values["channel"], out channel)) throw Fault.Usage("The channel \"" + values["channel"] + "\" is not open: open it first.");
            return channel;
        }

        static string Hello(Dictionary<string, string> values)
        {
            return " protocol=1 language=csharp runtime=" + Line.Encode(RuntimeName()) + " transports=" + string.Join(",", Transports.Roles.Keys)
                + " framings=" + string.Join(",", Framing.ByName.Keys) + ",none codecs= features=echo,ping,layout" + (Handshake.IsAvailable ? ",authkey" : "");
        }

        static string RuntimeName()
        {
            var mono = Type.GetType("Mono.Runtime");
            var name = mono == null ? null : mono.GetMethod("GetDisplayName", BindingFlags.NonPublic | BindingFlags.Static);
            if (name != null) return "Mono " + ((string)name.Invoke(null, null)).Split(' ')[0];
            var framework = RuntimeInformation.FrameworkDescription;
            return framework.StartsWith(".NET Core", StringComparison.Ordinal) ? framework + " (end of life)" : framework;
        }

        string Open(Dictionary<string, string> values)
        {
            string name = values["channel"], transport = values["transport"], role = values["role"], framingName = values["framing"];
            if (name.Length < 1 || name.Length > 16 || !name.All(letter => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')))
                throw Fault.Usage("A channel's name is 1 to 16 of a-z and 0-9: choose another.");
            var limit = values.ContainsKey("limit") ? NumberOf(values, "limit", 1, int.MaxValue) : DefaultLimit;
            if (channels.ContainsKey(name)) throw Fault.Usage("The channel \"" + name + "\" is open already: close it first.");
            string[] roles;
            Framing framing;
            if (!Transports.Roles.TryGetValue(transport, out roles)) throw Fault.Unsupported("There is no transport \"" + transport + "\" here: hello lists them.");
            if (!Framing.ByName.TryGetValue(framingName, out framing) && framingName != "none")
                throw Fault.Unsupported("There is no framing \"" + framingName + "\" here: hello lists them.");
            if ((framing == null) != Transports.KeepsBounds(transport))
                throw Fault.Unsupported("The framing \"" + framingName + "\" is not for " + transport + (framing == null ? ", a stream: choose another." : ": use none."));
            if (!roles.Contains(role)) throw Fault.Unsupported(transport + " has no role \"" + role + "\": use " + string.Join(" or ", roles) + ".");
            byte[] key = null;
            if (values.ContainsKey("authkey")) key = KeyOf(values["authkey"], transport, framingName);
            var channel = new Channel(transport, role, values["address"], framing, limit, key);
            channels.Add(name, channel);
            return channel.ChosenAddress;
        }

        static byte[] KeyOf(string text, string transport, string framing)
        {
            if (!Handshake.IsAvailable) throw Fault.Unsupported("There are no hashes that can be relied on here, and so no authkey: leave it out.");
            if (framing != "multiprocessing" || !Transports.Roles[transport].Contains("connect"))
                throw Fault.Usage("A key is for a stream that is connected, with the framing multiprocessing: use one, or leave authkey out.");
            var key = Hex.Decode(text);
            if (key.Length == 0) throw Fault.Usage("A key has at least one byte: give authkey=HEX, or leave it out.");
            return key;
        }

        string Send(Dictionary<string, string> values)
        {
            if (new[] { "payload", "file", "codec" }.Count(values.ContainsKey) != 1)
                throw Fault.Usage("The message is in payload or in file, or a value with its codec: give one of them.");
            CheckCodecKeys(values);
            if (values.ContainsKey("value") != values.ContainsKey("codec")) throw Fault.Usage("value and codec belong together: give both or neither.");
            var channel = ChannelOf(values);
            RefuseCodec(values);
            var sender = channel.Sender;
            var bytes = values.ContainsKey("file") ? ContentOf(values["file"], channel.Limit) : Hex.Decode(values["payload"]);
            sender.Send(bytes, 0, bytes.Length);
            return "";
        }

        static void CheckCodecKeys(Dictionary<string, string> values)
        {
            if (values.ContainsKey("format") && !values.ContainsKey("codec")) throw Fault.Usage("A format needs its codec: add codec, or leave format out.");
        }

        static void RefuseCodec(Dictionary<string, string> values)
        {
            if (values.ContainsKey("codec")) throw Fault.Unsupported("This endpoint has no codecs: send and receive bytes.");
        }

        /// <summary>The whole of a regular file. Nothing else is opened, and nothing above the limit is read.</summary>
        static byte[] ContentOf(string path, int limit)
        {
            Transports.CheckPath(path);
            var held = Libc.Hold(path);
            if (held < 0) throw Fault.OfErrno(-held, "Looking at " + path);
            try
            {
                Libc.FileStatus status;
                var errno = Libc.Examine(held, out status);
                if (errno != 0) throw Fault.OfErrno(errno, "Looking at " + path);
                if (!status.IsRegular) throw Fault.Usage(path + " is no regular file: give the path of one.");
                if (status.Size > limit) throw Fault.TooLarge(status.Size, limit);
                // The file that was looked at, whatever is at the path by now: to open a FIFO is to wait for its writer.
                using (var file = Transports.OpenFile("/proc/self/fd/" + held, FileMode.Open, FileAccess.Read))
                {
                    var bytes = new byte[status.Size];
                    int count = 0, more = 1;
                    for (; count < bytes.Length && more > 0; count += more) more = file.Read(bytes, count, bytes.Length - count);
                    Array.Resize(ref bytes, count); // Which does nothing, unless somebody has cut the file meanwhile.
                    return bytes;
                }
            }
            finally
            {
                Libc.Release(held);
            }
        }

        string Receive(Dictionary<string, string> values)
        {
            CheckCodecKeys(values);
            if (values.ContainsKey("codec") && values.ContainsKey("file")) throw Fault.Usage("A value is received with codec, bytes with file: give one of them.");
            var channel = ChannelOf(values);
            RefuseCodec(values);
            var receiver = channel.Receiver;
            ArraySegment<byte> message;
            if (!receiver.TryReceive(out message)) return " end=true";
            string reply;
            if (values.ContainsKey("file"))
            {
                var path = values["file"];
                Transports.CheckPath(path);
                Libc.FileStatus status;
                // A FIFO would wait for its reader.
                if (Libc.Examine(path, out status) == 0 && !status.IsRegular) throw Fault.Usage(path + " is no regular file: give the path of one, or of none.");
                using (var file = Transports.OpenFile(path, FileMode.Create, FileAccess.Write)) file.Write(message.Array, message.Offset, message.Count);
                reply = " length=" + message.Count;
            }
            else
            {
                if (message.Count > Line.LargestPayload)
                    throw Fault.Usage("The message has " + message.Count + " bytes and a reply holds " + Line.LargestPayload + ": receive it again, with file=PATH.");
                reply = " payload=" + Hex.Encode(message);
            }
            // Not before: a message that could not be handed over can be asked for again.
            receiver.Consume();
            return reply;
        }

        string Close(Dictionary<string, string> values)
        {
            var channel = ChannelOf(values);
            string how;
            if (!values.TryGetValue("how", out how))
            {
                channels.Remove(values["channel"]);
                channel.Dispose();
                return "";
            }
            if (how != "write") throw Fault.Usage("how=" + how + " is unknown: give how=write or leave it out.");
            channel.EndWriting();
            return "";
        }

        /// <summary>Closes every channel, even if one fails, and throws the failure then.</summary>
        public void CloseAll()
        {
            var all = channels.Values.ToArray();
            channels.Clear();
            Exception failure = null;
            foreach (var channel in all)
            {
                try
                {
                    channel.Dispose();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            }
            if (failure != null) throw failure;
        }

        string Echo(Dictionary<string, string> values)
        {
            var count = NumberOf(values, "count", 1, LargestCount);
            var channel = ChannelOf(values);
            Connection receiver = channel.Receiver, sender = channel.Sender;
            for (; count > 0; count--)
            {
                var message = ReceiveInLoop(receiver);
                sender.Send(message.Array, message.Offset, message.Count);
                receiver.Consume();
            }
            return "";
        }

        string Ping(Dictionary<string, string> values)
        {
            var count = NumberOf(values, "count", 1, LargestCount);
            var size = NumberOf(values, "size", 0, int.MaxValue);
            var channel = ChannelOf(values);
            Connection receiver = channel.Receiver, sender = channel.Sender;
            if (size > channel.Limit) throw Fault.TooLarge(size, channel.Limit); // Before the payload is made.
            var payload = new byte[size];
            for (var index = 0; index < size; index++) payload[index] = (byte)'p'; // What every framing can carry.
            var started = Stopwatch.GetTimestamp();
            for (; count > 0; count--)
            {
                sender.Send(payload, 0, size);
                ReceiveInLoop(receiver);
                receiver.Consume();
            }
            var seconds = (Stopwatch.GetTimestamp() - started) / (double)Stopwatch.Frequency;
            return " nanoseconds=" + (long)(seconds * 1e9);
        }

        static ArraySegment<byte> ReceiveInLoop(Connection receiver)
        {
            ArraySegment<byte> message;
            if (!receiver.TryReceive(out message)) throw new Fault("closed", "The stream ended in the loop: the peer went away before the last message.");
            return message;
        }

        static int NumberOf(Dictionary<string, string> values, string key, int smallest, int largest)
        {
            long number;
            if (!Number.TryParse(values[key], smallest, largest, out number)) throw Fault.Usage("The value of " + key + " is a whole number from " + smallest + " to " + largest + ".");
            return (int)number;
        }
    }

    // ---- 9. Command lines -------------------------------------------------------------------------------------------

    static class Number
    {
        /// <summary>Digits and nothing else: int.TryParse takes blanks and a sign too, and what they are is a matter of culture.</summary>
        public static bool TryParse(string text, long smallest, long largest, out long number)
        {
            number = 0;
            return text.Length <= 10 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= smallest && number <= largest;
        }
    }

    static class Hex
    {
        const string Digits = "0123456789abcdef";

        public static string Encode(ArraySegment<byte> bytes)
        {
            var text = new char[2 * bytes.Count];
            for (var index = 0; index < bytes.Count; index++)
            {
                var octet = bytes.Array[bytes.Offset + index];
                text[2 * index] = Digits[octet >> 4];
                text[2 * index + 1] = Digits[octet & 15];
            }
            return new string(text);
        }

        public static byte[] Decode(string text)
        {
            var bytes = new byte[text.Length / 2];
            var isHex = text.Length % 2 == 0;
            for (var index = 0; isHex && index < text.Length; index++)
            {
                var digit = Value(text[index]);
                isHex = digit >= 0;
                bytes[index / 2] = (byte)(bytes[index / 2] << 4 | digit & 15);
            }
            if (!isHex) throw Fault.Usage("The payload is not lower-case hexadecimal with two digits a byte.");
            return bytes;
        }

        public static int Value(char digit)
        {
            return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
        }
    }

    static class Line
    {
        public const int Longest = 262144; // Of a command or reply in bytes, its line feed not counted.
        public const int LargestPayload = (Longest - 11 /* ok payload= */) / 2;
        const string PlainPunctuation = "_.-/:,@+~";
        static readonly Encoding strictUtf8 = new UTF8Encoding(false, true);

        static bool IsPlain(int letter)
        {
            return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')
                || PlainPunctuation.IndexOf((char)letter) >= 0;
        }

        static bool IsName(string text)
        {
            return text.Length > 0 && text.All(letter => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-');
        }

        /// <summary>Takes a command without its line feed apart into its verb and the values of its keys.</summary>
        public static string Parse(string line, Dictionary<string, string> values)
        {
            var words = line.Split(' ');
            if (!IsName(words[0])) throw Fault.Usage("The line does not begin with a verb: a command is VERB KEY=VALUE ... and ends with LF alone.");
            foreach (var word in words.Skip(1))
            {
                var equals = word.IndexOf('=');
                if (equals < 0 || !IsName(word.Substring(0, equals))) throw Fault.Usage("After a space there must be KEY=VALUE.");
                var key = word.Substring(0, equals);
                if (values.ContainsKey(key)) throw Fault.Usage("The key \"" + key + "\" is there twice: give it once.");
                values.Add(key, Decode(word.Substring(equals + 1)));
            }
            return words[0];
        }

        static string Decode(string value)
        {
            if (value.All(letter => IsPlain(letter))) return value;
            var bytes = new List<byte>();
            for (var index = 0; index < value.Length; index++)
            {
                if (IsPlain(value[index]))
                {
                    bytes.Add((byte)value[index]);
                    continue;
                }
                int high = -1, low = -1;
                if (value[index] == '%' && value.Length - index > 2)
                {
                    high = Hex.Value(char.ToLowerInvariant(value[index + 1]));
                    low = Hex.Value(char.ToLowerInvariant(value[index + 2]));
                }
                if (high < 0 || low < 0) throw Fault.Usage("The line has the byte 0x" + ((int)value[index]).ToString("x2") + " in a value: write such a byte as %XX.");
                bytes.Add((byte)(high << 4 | low));
                index += 2;
            }
            try
            {
                // Strict: a path with U+FFFD for what it does not understand would be another path.
                return strictUtf8.GetString(bytes.ToArray());
            }
            catch (ArgumentException)
            {
                throw Fault.Usage("A value is not UTF-8, and in .NET all text is: choose another path.");
            }
        }

        public static string Encode(string text)
        {
            var encoded = new StringBuilder();
            foreach (var octet in Encoding.UTF8.GetBytes(text)) encoded.Append(IsPlain(octet) ? ((char)octet).ToString() : "%" + octet.ToString("X2"));
            return encoded.ToString();
        }
    }

    static class Program
    {
        static readonly Session session = new Session();
        static readonly string[] absentVerbs = { "call" }; // Optional ones of the protocol.

        static int Main()
        {
            Libc.KeepFilesPrivate();
            WarmUp();
            // The streams themselves: Console.Out would put a byte order mark before the first reply, and Console.In reads ahead.
            using (var input = Console.OpenStandardInput())
            using (var output = Console.OpenStandardOutput())
            {
                try
                {
                    ObeyAll(input, output);
                }
                catch (IOException)
                {
                    // Nobody reads the replies any more, which is another way of ending the session. (.NET does not even tell.)
                }
                finally
                {
                    session.CloseAll();
                }
            }
            // Mono waits for its pool's threads before it ends, and once in a hundred times it never stops waiting.
            if (Type.GetType("Mono.Runtime") != null) Libc.ExitAtOnce(0);
            return 0;
        }

        /// <summary>
        /// The runtimes open descriptors when they first need them and keep them: both for the thread that waits on sockets, which named pipes
        /// use; .NET also one for each assembly, one for random numbers and two for exceptions. They shall be there before `hello` is
        /// answered, or they would look like leaks.
        /// </summary>
        static void WarmUp()
        {
            var address = "parley-" + Guid.NewGuid();
            using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                socket.Bind(new UnixDomainSocketEndPoint("\0" + address));
                socket.Listen(1);
                socket.BeginAccept(null, null);
            }
            if (Type.GetType("Mono.Runtime") != null) return; // The rest would double its time to start.
            GC.KeepAlive(Console.Out); // Not used here; but after the first write to the stream below it, .NET looks at it.
            var loaded = new HashSet<string>();
            var waiting = new Stack<Assembly>(new[] { Assembly.GetExecutingAssembly() });
            while (waiting.Count > 0)
                foreach (var name in waiting.Pop().GetReferencedAssemblies())
                    if (loaded.Add(name.Name)) waiting.Push(Assembly.Load(name));
            StartPoolThreads();
            var channel = "transport=unix-abstract framing=line address=@" + address + " role=";
            foreach (var command in new[] { "open channel=a " + channel + "listen", "open channel=b " + channel + "connect", "accept channel=a", "send channel=a payload=00",
                "receive channel=b", "close channel=a", "receive channel=b", "send channel=b payload=00", "reset" })
            {
                var line = Encoding.ASCII.GetBytes(command);
                Answer(line, 0, line.Length);
            }
        }

        /// <summary>A thread of .NET has a pipe open for a moment when it starts; so the pool gets all that it may have now.</summary>
        static void StartPoolThreads()
        {
            var count = Environment.ProcessorCount; // The least that the pool allows.
            ThreadPool.SetMaxThreads(count, count);
            using (var allRunning = new Barrier(count + 1))
            {
                for (var index = 0; index < count; index++) ThreadPool.QueueUserWorkItem(state => allRunning.SignalAndWait());
                allRunning.SignalAndWait();
            }
        }

        static void ObeyAll(Stream input, Stream output)
        {
            var buffer = new byte[Line.Longest + 1];
            int start = 0, end = 0, scanned = 0;
            var isTooLong = false; // The front of this line has been dropped.
            for (;;)
            {
                var lineFeed = Array.IndexOf(buffer, (byte)'\n', scanned, end - scanned);
                if (lineFeed >= 0)
                {
                    var reply = isTooLong ? Error(Fault.Usage("The line has more than " + Line.Longest + " bytes: use file=PATH.")) : Answer(buffer, start, lineFeed - start);
                    var bytes = Encoding.ASCII.GetBytes(reply + "\n");
                    output.Write(bytes, 0, bytes.Length);
                    output.Flush();
                    isTooLong = false;
                    start = scanned = lineFeed + 1;
                    continue;
                }
                if (end == buffer.Length)
                {
                    isTooLong |= start == 0;
                    if (isTooLong) start = end;
                    Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                    end -= start;
                    start = 0;
                }
                scanned = end;
                var count = input.Read(buffer, end, buffer.Length - end);
                if (count == 0) return; // A last line without a line feed is not obeyed: half a command may mean something else.
                end += count;
            }
        }

        static string Answer(byte[] buffer, int start, int length)
        {
            var action = "The command";
            try
            {
                var values = new Dictionary<string, string>();
                // Latin-1: each byte becomes one character, so none gets lost before it is checked.
                var name = Line.Parse(Encoding.GetEncoding(28591).GetString(buffer, start, length), values);
                action = "The verb \"" + name + "\"";
                Verb verb;
                if (absentVerbs.Contains(name)) throw Fault.Unsupported("This endpoint has no verb \"" + name + "\": hello lists its features.");
                if (!session.Verbs.TryGetValue(name, out verb)) throw Fault.Usage("unknown verb \"" + name + "\": use one of " + string.Join(", ", session.Verbs.Keys) + ".");
                CheckKeys(name, verb, values);
                return "ok" + verb.Obey(values);
            }
            catch (Exception exception)
            {
                return Error(Fault.OfException(exception, action));
            }
        }

        static void CheckKeys(string name, Verb verb, Dictionary<string, string> values)
        {
            foreach (var key in values.Keys)
                if (!verb.Required.Contains(key) && !verb.Optional.Contains(key)) throw Fault.Usage(name + " has no key \"" + key + "\".");
            foreach (var key in verb.Required)
                if (!values.ContainsKey(key)) throw Fault.Usage(name + " needs the key \"" + key + "\".");
        }

        static string Error(Fault fault)
        {
            // Even a message that quotes a long value fits into a reply.
            var message = fault.Message.Length > 2000 ? fault.Message.Substring(0, 2000) : fault.Message;
            return "error kind=" + fault.Kind + " message=" + Line.Encode(message);
        }
    }
}
