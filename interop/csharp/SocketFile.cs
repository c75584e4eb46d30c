using System;
using System.IO;
using System.Net.Sockets;

namespace Parley
{
    /// <summary>The file of a listening socket. It is removed when it is disposed of, if it still is the one that was made.</summary>
    /// <remarks>
    /// The class library cannot be left to it. The constructor of NamedPipeServerStream removes whatever is at its path, and its Dispose
    /// does, as from .NET 6 on the Dispose of a bound Socket does; by then the path may be another program's. So the socket is bound to
    /// a name that nobody else has, and its file gets a second name with link(2), which replaces nothing. The first name goes at once.
    /// </remarks>
    sealed class SocketFile : IDisposable
    {
        readonly string path;
        readonly Libc.FileStatus made;
        readonly Action removal;

        SocketFile(string path, Libc.FileStatus made)
        {
            this.path = path;
            this.made = made;
            removal = RemoveIfOurs;
        }

        /// <summary>Lets `listen` bind a socket to the path that it is given, and puts its file at `path`. Throws `exists`.</summary>
        public static SocketFile Make(string path, Action<string> listen)
        {
            var folder = Path.GetDirectoryName(path);
            // Through the folder's descriptor the name is a short one, wherever the folder is.
            var held = Libc.Hold(string.IsNullOrEmpty(folder) ? (path[0] == '/' ? "/" : ".") : folder);
            if (held < 0) throw Fault.OfErrno(-held, "Looking for the folder of " + path);
            var first = "/proc/self/fd/" + held + "/.parley-" + Guid.NewGuid().ToString("N");
            lock (Leftovers.Gate)
            {
                try
                {
                    RemoveStale(path);
                    listen(first);
                    Libc.FileStatus status;
                    var errno = Libc.ExamineLink(first, out status);
                    if (errno == 0) errno = Libc.Link(first, path);
                    if (errno != 0) throw Fault.OfErrno(errno, "Making " + path);
                    var file = new SocketFile(path, status);
                    Leftovers.Add(file.removal);
                    return file;
                }
                finally
                {
                    Libc.Remove(first);
                    Libc.Release(held);
                }
            }
        }

        public void Dispose() { Leftovers.Remove(removal); }

        void RemoveIfOurs()
        {
            Libc.FileStatus status;
            if (Libc.ExamineLink(path, out status) == 0 && status.IsSameFile(made)) Libc.Remove(path);
        }

        /// <summary>Removes the socket file of a program that did not, usually because it crashed. Throws `exists` if anything else is there.</summary>
        static void RemoveStale(string path)
        {
            Libc.FileStatus status;
            var errno = Libc.ExamineLink(path, out status);
            if (errno == Libc.ENOENT) return;
            if (errno != 0) throw Fault.OfErrno(errno, "Looking at " + path);
            if (!status.IsSocket) throw new Fault("exists", "At " + path + " is a file that is no socket: choose another path.");
            // Anything else: somebody has it, or we cannot tell, and what may be in use must stay.
            if (!IsStale(path)) throw new Fault("exists", "Somebody uses " + path + ": choose another path, or stop that program.");
            errno = Libc.Remove(path);
            if (errno != 0 && errno != Libc.ENOENT) throw Fault.OfErrno(errno, "Removing the stale socket " + path);
        }

        /// <summary>Asks whether nobody holds a socket file any more, so that its holder, if there is one, does not notice.</summary>
        /// <remarks>
        /// A stream listener would take a stream socket for a peer. A datagram socket cannot connect to it: the error is EPROTOTYPE if
        /// somebody holds the file, listening or not, and ECONNREFUSED if nobody does. With a datagram socket it connects, which that one
        /// does not see. Not with Socket.Connect, which does not tell the errno on Mono.
        /// </remarks>
        static bool IsStale(string path)
        {
            using (var probe = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
                return Libc.Connect((int)probe.Handle, UnixAddress.BytesOf(path)) == Libc.ECONNREFUSED;
        }
    }
}
