using System;
using System.Net;
using System.Net.Sockets;

namespace Parley
{
    /// <summary>An open channel: a listener, a connection, or a listener and the connection that it accepted.</summary>
    sealed class Channel : IDisposable
    {
        readonly Opening opening;
        public readonly string ChosenAddress = "";
        readonly Listener listener;
        Connection connection;

        public Channel(Opening opening)
        {
            this.opening = opening;
            string transport = opening.Transport, role = opening.Role, address = opening.Address;
            switch (transport)
            {
                case "manager-queue": connection = Transports.OpenQueue(opening); return;
                case "shared-memory": connection = Transports.OpenMemory(opening); return;
                case "spawn-queue": connection = Transports.OpenSpawnQueue(opening); return;
                case "fifo": Use(Transports.OpenFifo(address, role)); return;
                case "file-slot": connection = Transports.OpenSlot(address, role, Limit); return;
                case "file-cell": connection = Transports.OpenCell(address, role, Limit); return;
                case "pipe": Use(Transports.AdoptPipe(Transports.InheritedDescriptor(address), role)); return;
                case "socketpair": Use(Transports.AdoptSocket(Transports.InheritedDescriptor(address))); return;
                case "dotnet-pipe":
                    if (role == "listen") listener = Transports.ListenOnNamedPipe(address);
                    else Use(Transports.ConnectToNamedPipe(address));
                    return;
            }
            if (role == "connect")
            {
                Use(Transports.Connect(transport, address));
                return;
            }
            var socketListener = Transports.Listen(transport, address);
            listener = socketListener;
            if (transport == "tcp" && address.EndsWith(":0", StringComparison.Ordinal))
                ChosenAddress = " address=127.0.0.1:" + ((IPEndPoint)socketListener.Socket.LocalEndPoint).Port;
        }

        public int Limit { get { return opening.Limit; } }

        void Use(Socket socket)
        {
            if (Transports.KeepsBounds(opening.Transport)) connection = new PacketSocket(socket, Limit);
            else Use(new SocketStream(socket));
        }

        void Use(ByteStream stream)
        {
            var messages = new MessageStream(stream, opening.Framing, Limit);
            if (opening.Key != null)
            {
                try
                {
                    Handshake.Run(messages, opening.Key, opening.Role == "listen");
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
                if (Transports.IsOneWay(opening.Transport) && opening.Role != "write") throw Fault.Usage("This channel was opened for reading: send on one with role=write.");
                return Peer;
            }
        }

        public Connection Receiver
        {
            get
            {
                if (Transports.IsOneWay(opening.Transport) && opening.Role != "read") throw Fault.Usage("This channel was opened for writing: receive on one with role=read.");
                return Peer;
            }
        }

        public void EndWriting()
        {
            if (Transports.IsOneWay(opening.Transport) || opening.Transport == "dotnet-pipe" || opening.Transport == "manager-queue")
                throw Fault.Unsupported("A " + opening.Transport + " has no half close: close the channel instead.");
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
