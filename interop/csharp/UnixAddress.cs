using System;
using System.Net.Sockets;
using System.Text;

namespace Parley
{
    /// <summary>Addresses of Unix sockets: a path, or an abstract name, which starts with NUL.</summary>
    /// <remarks>
    /// Mono's own Bind and Connect are passed by. They want room for one byte more than the address has, and an errno of which they know
    /// no counterpart of Windows, such as that of a full file system, ends the process. .NET's must not be: its Socket accepts only on
    /// what it has bound itself.
    /// </remarks>
    static class UnixAddress
    {
        public const int Backlog = 16;
        const int Longest = 107; // Bytes of a path, and of a name behind its NUL.

        static readonly bool isMono = Type.GetType("Mono.Runtime") != null;

        /// <summary>Throws `usage` for a path, or a name without its NUL, that is too long.</summary>
        public static void CheckLength(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (length > Longest) throw Fault.Usage("The address has " + length + " bytes and a socket address holds " + Longest + ": use a shorter one.");
        }

        public static void Listen(Socket socket, string address)
        {
            if (!isMono)
            {
                socket.Bind(new UnixDomainSocketEndPoint(address));
                socket.Listen(Backlog);
                return;
            }
            var errno = Libc.Bind((int)socket.Handle, BytesOf(address));
            // Mono's Listen wants to have bound the socket, too; its Accept does not ask.
            if (errno == 0) errno = Libc.Listen((int)socket.Handle, Backlog);
            if (errno != 0) throw Fault.OfErrno(errno, "Binding the socket");
        }

        public static void Connect(Socket socket, string address)
        {
            if (!isMono)
            {
                socket.Connect(new UnixDomainSocketEndPoint(address));
                return;
            }
            var errno = Libc.Connect((int)socket.Handle, BytesOf(address));
            if (errno != 0) throw Fault.OfErrno(errno, "Connecting the socket");
        }

        /// <summary>Whether the pipe classes of this runtime take the path.</summary>
        public static bool FitsPipes(string path) { return !isMono || Encoding.UTF8.GetByteCount(path) < Longest; }

        /// <summary>What keeps a socket from being bound to a path: 0 or an errno. Mono's pipes are not to find out.</summary>
        public static int ObstacleToBind(string path)
        {
            using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                var errno = Libc.Bind((int)socket.Handle, BytesOf(path));
                if (errno == 0) Libc.Remove(path);
                return errno;
            }
        }

        /// <summary>struct sockaddr_un: the family in two bytes, then the path or name, whose end is the end of the structure.</summary>
        public static byte[] BytesOf(string address)
        {
            var text = Encoding.UTF8.GetBytes(address);
            var bytes = new byte[2 + text.Length];
            bytes[0] = 1; // AF_UNIX, in the order of a little-endian machine.
            if (!BitConverter.IsLittleEndian) Array.Reverse(bytes, 0, 2);
            Buffer.BlockCopy(text, 0, bytes, 2, text.Length);
            return bytes;
        }
    }
}
