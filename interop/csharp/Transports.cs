using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;

namespace Parley
{
    /// <summary>Opens channels: each method returns something that is connected or listening, or throws and leaves nothing behind.</summary>
    static partial class Transports
    {
        static readonly string[] sockets = { "listen", "connect" }, ends = { "read", "write" };

        public static readonly Dictionary<string, string[]> Roles = new Dictionary<string, string[]>
        {
            { "unix", sockets }, { "unix-abstract", sockets }, { "unix-seqpacket", sockets }, { "dotnet-pipe", sockets }, { "tcp", sockets },
            { "fifo", ends }, { "pipe", ends }, { "socketpair", ends }, { "file-slot", ends }, { "file-cell", ends }, { "shared-memory", ends }, { "spawn-queue", ends },
        };

        static Transports() { if (Handshake.IsAvailable) Roles.Add("manager-queue", sockets); }

        public static bool IsOneWay(string transport)
        {
            return transport == "fifo" || transport == "pipe" || transport == "spawn-queue" || IsMapped(transport);
        }

        public static bool KeepsBounds(string transport)
        {
            return transport == "unix-seqpacket" || IsMapped(transport);
        }

        static bool IsMapped(string transport) { return transport == "file-slot" || transport == "file-cell" || transport == "shared-memory"; }

        public static SocketListener Listen(string transport, string address)
        {
            // SO_REUSEADDR, which lets a TCP port be taken again while old connections are in TIME_WAIT, is set by both runtimes. Their own
            // ReuseAddress option sets SO_REUSEPORT too and would let two listeners share a port: leave it alone.
            if (transport == "tcp")
            {
                var place = LoopbackEndPoint(address);
                return new SocketListener(Made(transport, socket => { socket.Bind(place); socket.Listen(UnixAddress.Backlog); }), null);
            }
            var name = NameOf(transport, address);
            if (transport == "unix-abstract") return new SocketListener(Made(transport, socket => UnixAddress.Listen(socket, name)), null);
            try
            {
                SocketFile file = null;
                var listening = Made(transport, socket => file = SocketFile.Make(address, path => UnixAddress.Listen(socket, path)));
                return new SocketListener(listening, file);
            }
            catch (SocketException exception)
            {
                throw WhyNotMade(exception, address);
            }
        }

        public static Socket Connect(string transport, string address)
        {
            if (transport == "tcp") return Made(transport, socket => ConnectToPort(socket, address));
            var name = NameOf(transport, address);
            try
            {
                return Made(transport, socket => UnixAddress.Connect(socket, name));
            }
            catch (SocketException exception) when (transport != "unix-abstract")
            {
                throw WhyNotConnected(exception, address);
            }
        }

        static void ConnectToPort(Socket socket, string address)
        {
            var place = LoopbackEndPoint(address);
            if (place.Port == 0) throw Fault.Usage("Port 0 is for listening: connect to the port that was chosen.");
            socket.Connect(place);
            // Without a listener the system may pick the target as our own port and connect the socket with itself.
            if (socket.LocalEndPoint.Equals(socket.RemoteEndPoint)) throw Fault.OfErrno(Libc.ECONNREFUSED, "Connecting to " + address);
            socket.NoDelay = true; // Or a small message waits for the one before to be acknowledged, up to 40 ms.
        }

        /// <summary>A socket for which `use` has succeeded. Connecting may wait: for room in the listener's queue, or the other machine.</summary>
        static Socket Made(string transport, Action<Socket> use)
        {
            var socket = NewSocket(transport);
            Waiting.Begin();
            try
            {
                use(socket);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            finally
            {
                Waiting.End();
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

        /// <summary>The name in the address of a Unix socket: a path, or NUL and an abstract name.</summary>
        static string NameOf(string transport, string address)
        {
            if (transport != "unix-abstract")
            {
                CheckPath(address);
                UnixAddress.CheckLength(address);
                return address;
            }
            if (address.Length < 2 || address[0] != '@') throw Fault.Usage("An abstract address is @ and a name of at least one byte.");
            UnixAddress.CheckLength(address.Substring(1));
            return "\0" + address.Substring(1);
        }

        static IPEndPoint LoopbackEndPoint(string address)
        {
            const string host = "127.0.0.1:";
            long port;
            if (!address.StartsWith(host, StringComparison.Ordinal) || !Number.TryParse(address.Substring(host.Length), 0, 65535, out port))
                throw Fault.Usage("A TCP address is 127.0.0.1:PORT, with a port from 0 to 65535; no other host is allowed.");
            return new IPEndPoint(IPAddress.Loopback, (int)port);
        }

        public static void CheckPath(string path)
        {
            if (path.Length == 0 || path.IndexOf('\0') >= 0) throw Fault.Usage("A path has at least one byte and no NUL: give the path of a file.");
        }

        /// <summary>Why connecting failed. .NET calls a path that does not exist an address that is not available.</summary>
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
    }
}
