using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley
{
    /// <summary>Opens channels: each method returns something that is connected or listening, or throws and leaves nothing behind.</summary>
    static partial class Transports
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
    }
}
