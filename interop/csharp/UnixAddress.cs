using System;
using System.Net.Sockets;
using System.Text;

namespace Parley
{
    /// <summary>Addresses of Unix sockets: a path, or an abstract name, which starts with NUL.</summary>
    /// <remarks>
    /// The system holds 107 bytes of a path and as many of a name behind its NUL. Mono's sockets want room for one byte more, so the
    /// longest addresses go around them. .NET must not: its Socket accepts only what it has bound itself.
    /// </remarks>
    static class UnixAddress
    {
        const int Longest = 107;

        static readonly bool isMono = Type.GetType("Mono.Runtime") != null;

        /// <summary>Throws `usage` for a path, or a name without its NUL, that is too long.</summary>
        public static void CheckLength(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (length > Longest) throw Fault.Usage("The address has " + length + " bytes and a socket address holds " + Longest + ": use a shorter one.");
        }

        public static void Listen(Socket socket, string address)
        {
            if (FitsRuntime(address))
            {
                socket.Bind(new UnixDomainSocketEndPoint(address));
                socket.Listen(Backlog);
                return;
            }
            var errno = Libc.Bind((int)socket.Handle, BytesOf(address));
            // Mono's Listen wants to have bound the socket itself; its Accept does not ask.
            if (errno == 0) errno = Libc.Listen((int)socket.Handle, Backlog);
            if (errno != 0) throw Fault.OfErrno(errno, "Listening");
        }

        public static void Connect(Socket socket, string address)
        {
            if (FitsRuntime(address))
            {
                socket.Connect(new UnixDomainSocketEndPoint(address));
                return;
            }
            var errno = Libc.Connect((int)socket.Handle, BytesOf(address));
            if (errno != 0) throw Fault.OfErrno(errno, "Connecting");
        }

        public const int Backlog = 16;

        public static bool FitsRuntime(string address) { return !isMono || Encoding.UTF8.GetByteCount(address) < Longest; }

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
