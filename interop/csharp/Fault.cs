using System;
using System.IO;
using System.Net.Sockets;

namespace Parley
{
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
                // EAGAIN comes from a connect that waited as long as it may for room in the listener's queue.
                case SocketError.TimedOut: case SocketError.WouldBlock: return "timeout";
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
                case 110 /* ETIMEDOUT */: case Libc.EAGAIN: return "timeout";
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
                case "timeout": return "See what the peer is waiting for, or whether its machine is too busy.";
                case "unsupported": return "Choose a transport that this system has.";
                case "usage": return "Give the path of a file of the kind that is wanted, and a short one.";
                default: return "The endpoint does not foresee this; the exception or error number says more.";
            }
        }
    }
}
