using System;
using System.Collections.Generic;
using System.Threading;

namespace Parley
{
    /// <summary>The queue that a server shares: objects as the bodies of their pickles, for threads of any number.</summary>
    sealed class SharedQueue
    {
        readonly LinkedList<byte[]> bodies = new LinkedList<byte[]>();
        bool isClosed;

        public int Count { get { lock (bodies) return bodies.Count; } }

        public void Put(byte[] body)
        {
            lock (bodies)
            {
                bodies.AddLast(body);
                Monitor.PulseAll(bodies); // All: one whose client is gone does not take it.
            }
        }

        /// <summary>Gives an object back that could not be handed over.</summary>
        public void PutBack(byte[] body)
        {
            lock (bodies)
            {
                bodies.AddFirst(body);
                Monitor.PulseAll(bodies);
            }
        }

        /// <summary>Takes the next object out, or null if there was none in time, or nobody wants it any more.</summary>
        public byte[] Take(Deadline deadline, Func<bool> isWanted)
        {
            lock (bodies)
            {
                while (bodies.Count == 0)
                    if (isClosed || !Monitor.Wait(bodies, deadline.Left) && deadline.Left == 0) return null;
                if (isClosed || !isWanted()) return null;
                var body = bodies.First.Value;
                bodies.RemoveFirst();
                return body;
            }
        }

        /// <summary>Ends all waiting.</summary>
        public void Close()
        {
            lock (bodies)
            {
                isClosed = true;
                Monitor.PulseAll(bodies);
            }
        }
    }

    /// <summary>The server's own end of its queue, which needs no connection.</summary>
    sealed class ServedQueue : ObjectQueue
    {
        readonly SharedQueue queue = new SharedQueue();
        readonly ManagerServer server;

        public ServedQueue(string address, byte[] key, string name, int limit) : base(limit) { server = new ManagerServer(address, key, name, queue, limit); }

        public override void Put(ArraySegment<byte> body) { queue.Put(body.Copied()); }

        protected override bool TryTake(Deadline deadline, out object value)
        {
            byte[] body;
            Waiting.Begin();
            try
            {
                body = queue.Take(deadline, () => true);
            }
            finally
            {
                Waiting.End();
            }
            value = null;
            if (body == null) return false;
            try
            {
                value = PickleCodec.OfBody(body, Line.LongestValue);
            }
            catch (Fault fault) when (fault.Kind == "usage")
            {
                value = fault;
            }
            return true;
        }

        public override void Dispose() { server.Dispose(); }
    }
}
