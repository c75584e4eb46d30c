using System;
using System.IO;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>Named pipes of .NET.</summary>
    static partial class Transports
    {
        static string NamedPipePath(string address)
        {
            CheckPath(address);
            // The names that .NET refuses.
            if ((address[0] != '/' && address.IndexOf('/') >= 0) || address.Equals("anonymous", StringComparison.OrdinalIgnoreCase))
                throw Fault.Usage("The name of a .NET pipe has no slash and is not \"anonymous\": give such a name, or an absolute path.");
            var path = address[0] == '/' ? address : Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + address);
            UnixAddress.CheckLength(path);
            return path;
        }

        public static NamedPipeListener ListenOnNamedPipe(string address)
        {
            var path = NamedPipePath(address);
            NamedPipeServerStream server = null;
            try
            {
                // One instance: its constructor binds and listens already. With more, each would be a listener at the same socket.
                var file = SocketFile.Make(path, first =>
                {
                    var errno = UnixAddress.ObstacleToBind(first);
                    if (errno != 0) throw Fault.OfErrno(errno, "Making " + path);
                    server = new NamedPipeServerStream(first, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.None);
                });
                return new NamedPipeListener(server, file);
            }
            catch (Exception exception)
            {
                if (server != null) server.Dispose();
                if (exception is SocketException) throw WhyNotMade(exception, path);
                throw;
            }
        }

        public static ByteStream ConnectToNamedPipe(string address)
        {
            var path = NamedPipePath(address);
            // The same file under a shorter name, if Mono needs one: it would notice too late, and leave a socket open.
            var held = UnixAddress.FitsPipes(path) ? -1 : Libc.Hold(path);
            var client = new NamedPipeClientStream(".", held < 0 ? address : "/proc/self/fd/" + held, PipeDirection.InOut);
            Waiting.Begin(); // For room in the listener's queue.
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
            finally
            {
                Waiting.End();
                if (held >= 0) Libc.Release(held);
            }
        }
    }
}
