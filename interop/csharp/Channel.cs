using System;
using System.Net;
using System.Net.Sockets;

namespace Parley
{
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
                if (transport == "dotnet-pipe") listener = Transports.ListenOnNamedPipe(address);
                else
                {
                    var socketListener = Transports.Listen(transport, address);
                    listener = socketListener;
                    if (transport == "tcp" && address.EndsWith(":0", StringComparison.Ordinal))
                        ChosenAddress = " address=127.0.0.1:" + ((IPEndPoint)socketListener.Socket.LocalEndPoint).Port;
                }
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

        public void Accept(Deadline deadline)
        {
            if (listener == null) throw Fault.Usage("This channel does not listen: accept is for role=listen.");
            if (connection != null) throw Fault.Usage("This channel has its peer already: open another for the next one.");
            var socketListener = listener as SocketListener;
            if (socketListener != null) Use(socketListener.Accept(deadline));
            else Use(((NamedPipeListener)listener).Accept(deadline));
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
}
