using System;
using System.Collections.Generic;

namespace Parley
{
    /// <summary>A queue of objects, which may be bytes, that a manager shares.</summary>
    abstract class ObjectQueue : Connection
    {
        object taken; // An object that was taken out and is not yet consumed, or the fault of one that is too long.
        bool hasTaken;

        protected ObjectQueue(int limit) : base(limit) { }

        /// <summary>Puts an object. The body is its pickle, without what is at a pickle's ends.</summary>
        public abstract void Put(ArraySegment<byte> body);

        /// <summary>Takes an object out. False if there was none in time.</summary>
        protected abstract bool TryTake(Deadline deadline, out object value);

        protected override void Write(byte[] bytes, int offset, int count)
        {
            Put(PickleCodec.BodyOf(offset == 0 && count == bytes.Length ? bytes : new ArraySegment<byte>(bytes, offset, count).Copied()));
        }

        /// <summary>Sends a value as the object that it is.</summary>
        public void Put(object value)
        {
            var body = PickleCodec.BodyOf(value);
            if (body.Count > Limit) throw Fault.TooLarge(body.Count, Limit);
            Put(body);
        }

        /// <summary>The next object, which stays the next one until it is consumed. False if there was none in time.</summary>
        public bool TryGet(Deadline deadline, out object value)
        {
            if (!hasTaken) hasTaken = TryTake(deadline, out taken);
            value = taken;
            if (value is Fault) throw (Fault)value;
            return hasTaken;
        }

        /// <summary>The next object as bytes. False is not the end, which there is none of, but that there was none in time.</summary>
        public override bool TryReceive(Deadline deadline, out ArraySegment<byte> message)
        {
            message = default(ArraySegment<byte>);
            if (!hasTaken) hasTaken = TryTake(deadline, out taken);
            if (!hasTaken) return false;
            var bytes = taken as byte[];
            if (bytes == null || bytes.Length > Limit) Consume();
            if (bytes == null) throw new Fault("malformed", "The queue has an object that is no bytes: receive it with codec=pickle.");
            if (bytes.Length > Limit) throw Fault.TooLarge(bytes.Length, Limit);
            message = new ArraySegment<byte>(bytes);
            return true;
        }

        public override void Consume()
        {
            taken = null;
            hasTaken = false;
        }

        public override void EndWriting() { throw Fault.Unsupported("A shared queue has no end: close the channel instead."); }
    }

    /// <summary>The queue of a manager elsewhere.</summary>
    sealed class RemoteQueue : ObjectQueue
    {
        readonly string address, identity;
        readonly byte[] key;
        readonly ManagerConnection session;

        public RemoteQueue(string address, byte[] key, string name, int limit) : base(limit)
        {
            this.address = address;
            this.key = key;
            using (var connection = new ManagerConnection(address, key, limit)) identity = IdentityOf(connection, name);
            try
            {
                session = new ManagerConnection(address, key, limit);
                session.Ask("accept_connection", "csharp");
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>Asks for the object of a name. The manager counts who uses it, and has counted us then.</summary>
        static string IdentityOf(ManagerConnection connection, string name)
        {
            Collection created;
            try
            {
                created = connection.Ask("create", name) as Collection;
            }
            catch (Fault fault) when (fault.Kind == "internal")
            {
                throw new Fault("missing", "The manager has no \"" + name + "\", so register it there. " + fault.Message);
            }
            if (created == null || created.Items.Count != 2) throw new Fault("malformed", "The manager's reply is no object: it is another program.");
            var bytes = created.Items[0] as byte[]; // Of Python 2.
            var identity = bytes != null ? new string(Array.ConvertAll(bytes, octet => (char)octet)) : created.Items[0] as string;
            if (identity == null) throw new Fault("malformed", "The manager's object has no identity: it is another program.");
            return identity;
        }

        public override void Put(ArraySegment<byte> body)
        {
            var arguments = new byte[body.Count + 1];
            Buffer.BlockCopy(body.Array, body.Offset, arguments, 0, body.Count);
            arguments[body.Count] = 0x85; // A tuple of one.
            AskForFault("put", new ArraySegment<byte>(arguments));
        }

        protected override bool TryTake(Deadline deadline, out object value)
        {
            var arguments = new List<object>();
            if (!deadline.IsNever) arguments = new List<object> { true, deadline.Left / 1000.0 };
            try
            {
                value = session.Ask(identity, "get", PickleCodec.BodyOf(new Collection(CollectionKind.Tuple, arguments)), Deadline.Never);
                return true;
            }
            catch (RaisedThere exception) when (exception.Name == "_queue.Empty" || exception.Name == "queue.Empty" || exception.Name == "Queue.Empty")
            {
                value = null;
                return false;
            }
            catch (RaisedThere exception)
            {
                throw exception.AsFault();
            }
        }

        /// <summary>Calls a method of the shared object, which may be another than a queue.</summary>
        public object Call(string method, Collection arguments) { return AskForFault(method, PickleCodec.BodyOf(arguments)); }

        object AskForFault(string method, ArraySegment<byte> arguments)
        {
            try
            {
                return session.Ask(identity, method, arguments, Deadline.Never);
            }
            catch (RaisedThere exception)
            {
                throw exception.AsFault();
            }
        }

        public override void Dispose()
        {
            if (session != null) session.Dispose();
            try
            {
                // Or the manager would keep the object for us for ever.
                using (var connection = new ManagerConnection(address, key, Limit)) connection.Ask("decref", identity);
            }
            catch (Exception)
            {
                // It is gone, and what it has counted too.
            }
        }
    }
}
