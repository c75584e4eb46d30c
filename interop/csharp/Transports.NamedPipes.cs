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
    }
}
