using System;
using System.Net.Sockets;

namespace Parley
{
    /// <summary>Messages over a socket that keeps their bounds.</summary>
    sealed class PacketSocket : Connection
    {
        readonly Socket socket;
        byte[] packet; // Received and not yet consumed.
        bool isAtEnd;

        public PacketSocket(Socket socket, int limit) : base(limit) { this.socket = socket; }

        protected override void Write(byte[] bytes, int offset, int count)
        {
            if (count == 0) throw new Fault("malformed", "A packet of no bytes looks like the end of the stream: send at least one byte.");
            Waiting.Begin();
            try
            {
                socket.Send(bytes, offset, count, SocketFlags.None); // The whole packet or nothing.
            }
            finally
            {
                Waiting.End();
            }
        }

        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            message = default(ArraySegment<byte>);
            if (packet == null && !isAtEnd)
            {
                Waiting.ForInput((int)socket.Handle, deadline);
                // A receive with too little room cuts the packet and loses its rest, silently; so its length is asked for first.
                var length = Libc.LengthOfNextPacket((int)socket.Handle);
                if (length < 0) throw Fault.OfErrno((int)-length, "Receiving a packet");
                if (length > Limit) throw Fault.TooLarge(length, Limit);
                isAtEnd = length == 0;
                if (length > 0)
                {
                    packet = new byte[length];
                    socket.Receive(packet, 0, packet.Length, SocketFlags.None);
                }
            }
            if (packet == null) return false;
            message = new ArraySegment<byte>(packet);
            return true;
        }

        public override void Consume() { packet = null; }

        public override void EndWriting() { SocketStream.EndWriting(socket); }

        public override void Dispose() { socket.Dispose(); }
    }
}
