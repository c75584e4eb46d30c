using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Numerics;
using System.Threading;

namespace Parley
{
    /// <summary>A server as that of Python's multiprocessing.managers, which shares one queue.</summary>
    /// <remarks>
    /// A client opens a connection for each request to the manager (create, incref …), and one for all of its calls to the object, each of
    /// which may wait: so each connection has a thread. It is over when the socket is shut down, whatever the thread waits for.
    /// </remarks>
    sealed class ManagerServer : IDisposable
    {
        const string Identity = "1";
        static readonly object[] methods = { "empty", "full", "get", "get_nowait", "put", "put_nowait", "qsize" };

        readonly byte[] key;
        readonly string name;
        readonly SharedQueue queue;
        readonly int limit;
        readonly SocketListener listener;
        readonly Thread acceptor;
        readonly List<Thread> threads = new List<Thread>();
        readonly List<Socket> connected = new List<Socket>(); // Its lock guards the other fields below, too.
        bool isClosed;

        public ManagerServer(string address, byte[] key, string name, SharedQueue queue, int limit)
        {
            this.key = key;
            this.name = name;
            this.queue = queue;
            this.limit = limit;
            listener = Transports.Listen(ManagerConnection.IsPort(address) ? "tcp" : "unix", address);
            try
            {
                acceptor = Start(AcceptAll);
            }
            catch
            {
                listener.Dispose();
                throw;
            }
        }

        Thread Start(Action action)
        {
            var thread = new Thread(() =>
            {
                Waiting.IsOfNoCommand();
                action();
            }, 1 << 20) { IsBackground = true };
            lock (connected)
            {
                threads.RemoveAll(other => !other.IsAlive);
                thread.Start();
                threads.Add(thread);
                return thread;
            }
        }

        void AcceptAll()
        {
            for (;;)
            {
                Socket socket = null;
                try
                {
                    Waiting.ForInput((int)listener.Socket.Handle, Deadline.Never);
                    lock (connected) if (isClosed) return;
                    socket = listener.Accept(Deadline.Never);
                    lock (connected) connected.Add(socket);
                    Start(() => Serve(socket));
                }
                catch (Exception)
                {
                    if (socket != null) Drop(socket);
                    lock (connected) if (isClosed) return;
                    // No descriptors left, perhaps: .NET needs some to start a thread, and even to say so with Console. Not in a tight loop.
                    Thread.Sleep(100);
                }
            }
        }

        /// <summary>Closes a connection so that Dispose does not meet a descriptor that is another's by then.</summary>
        void Drop(Socket socket)
        {
            lock (connected)
            {
                connected.Remove(socket);
                socket.Dispose();
            }
        }

        void Serve(Socket socket)
        {
            var messages = new MessageStream(new SocketStream(socket), Framing.ByName["multiprocessing"], ManagerConnection.LongestMessage(limit));
            try
            {
                lock (connected) if (isClosed) return;
                Handshake.Run(messages, key, true);
                ArraySegment<byte> message;
                // Each request to the manager has a connection of its own; that for calls goes on.
                while (messages.TryReceive(Deadline.Never, out message) && Answer(messages, (int)socket.Handle, message)) { }
            }
            catch (Exception)
            {
                // A wrong key, no pickle, or the client is gone. It sees the end of the connection.
            }
            finally
            {
                Drop(socket);
            }
        }

        /// <summary>Answers a request. Returns whether there may be more on this connection.</summary>
        bool Answer(MessageStream messages, int descriptor, ArraySegment<byte> message)
        {
            var request = RequestOf(message);
            messages.Consume();
            if (request == null)
            {
                Send(messages, "#TRACEBACK", PickleCodec.BodyOf("ValueError: this queue takes requests with plain data, not too much of it"));
                return true;
            }
            var method = request.Method;
            if (request.Identity == null)
            {
                var value = AnswerOfManager(request);
                if (value is Refusal) Send(messages, "#TRACEBACK", PickleCodec.BodyOf(((Refusal)value).Reason));
                else Send(messages, "#RETURN", PickleCodec.BodyOf(value));
                return method == "accept_connection";
            }
            if (request.Identity as string != Identity) Send(messages, "#TRACEBACK", PickleCodec.BodyOf("KeyError: there is no such object"));
            else if (method == "get" || method == "get_nowait") return Get(messages, descriptor, request);
            else if (method == "put" || method == "put_nowait") Put(messages, request);
            else if (method == "qsize") Send(messages, "#RETURN", PickleCodec.BodyOf(new BigInteger(queue.Count)));
            else if (method == "empty" || method == "full") Send(messages, "#RETURN", PickleCodec.BodyOf(method == "empty" && queue.Count == 0));
            else if (method == "__str__" || method == "__repr__") Send(messages, "#RETURN", PickleCodec.BodyOf("<queue of C#>"));
            else Send(messages, "#TRACEBACK", PickleCodec.BodyOf("AttributeError: a queue of C# has no method " + method));
            return true;
        }

        object AnswerOfManager(Request request)
        {
            switch (request.Method)
            {
                case "dummy": case "incref": case "decref": case "accept_connection": return null;
                case "create":
                    if (request.Argument(0, "typeid") as string != name) return new Refusal("KeyError: nothing is shared here under that name");
                    return new Collection(CollectionKind.Tuple, new List<object> { Identity, new Collection(CollectionKind.Tuple, methods.ToList()) });
                case "get_methods": return new Collection(CollectionKind.Set, methods.ToList());
                case "number_of_objects": return BigInteger.One;
                default: return new Refusal("AttributeError: a manager of C# has no " + request.Method);
            }
        }

        bool Get(MessageStream messages, int descriptor, Request request)
        {
            Deadline deadline;
            if (!request.TryDeadline(0, out deadline))
            {
                Send(messages, "#TRACEBACK", PickleCodec.BodyOf("ValueError: timeout must be a number that is not negative"));
                return true;
            }
            var isGone = false;
            var body = queue.Take(deadline, () => !(isGone = Libc.HasHungUp(descriptor)));
            lock (connected) if (isClosed) return false;
            if (isGone) return false;
            if (body == null)
            {
                // The exception by the name that Python 2 has, which Python 3 translates.
                Send(messages, "#ERROR", new ArraySegment<byte>(new[] { 'c', 'Q', 'u', 'e', 'u', 'e', '\n', 'E', 'm', 'p', 't', 'y', '\n', ')', 'R' }.Select(letter => (byte)letter).ToArray()));
                return true;
            }
            try
            {
                Send(messages, "#RETURN", new ArraySegment<byte>(body));
                return true;
            }
            catch
            {
                queue.PutBack(body);
                throw;
            }
        }

        void Put(MessageStream messages, Request request)
        {
            try
            {
                if (!request.Has(0, "item")) throw new Fault("malformed", "The argument item is missing.");
                queue.Put(PickleCodec.BodyOf(request.Argument(0, "item")).Copied());
                Send(messages, "#RETURN", PickleCodec.BodyOf(null));
            }
            catch (Fault fault) when (fault.Kind == "malformed" || fault.Kind == "too-large")
            {
                Send(messages, "#TRACEBACK", PickleCodec.BodyOf("TypeError: " + fault.Message));
            }
        }

        static void Send(MessageStream messages, string kind, ArraySegment<byte> body)
        {
            var reply = PickleCodec.PairOf(kind, body);
            messages.Send(reply.Array, reply.Offset, reply.Count);
        }

        static Request RequestOf(ArraySegment<byte> message)
        {
            try
            {
                return Request.Of(new PickleReader(message, Line.LongestValue).Read());
            }
            catch (Fault)
            {
                return null;
            }
        }

        /// <summary>Why the manager does not answer.</summary>
        sealed class Refusal
        {
            public readonly string Reason;

            public Refusal(string reason) { Reason = reason; }
        }

        public void Dispose()
        {
            lock (connected) isClosed = true;
            Libc.EndBoth((int)listener.Socket.Handle);
            acceptor.Join(); // From here on there are no more.
            Thread[] all;
            lock (connected)
            {
                foreach (var socket in connected) Libc.EndBoth((int)socket.Handle);
                all = threads.ToArray();
            }
            queue.Close();
            // Without the lock, which each of them takes at its end.
            foreach (var thread in all) thread.Join();
            listener.Dispose();
        }
    }

    /// <summary>What a client asks for: the object, the method, and arguments by position or by name.</summary>
    sealed class Request
    {
        public readonly object Identity;
        public readonly string Method;
        readonly List<object> arguments, named;

        Request(object identity, string method, List<object> arguments, List<object> named)
        {
            Identity = identity;
            Method = method;
            this.arguments = arguments;
            this.named = named;
        }

        /// <summary>Null for what is no request.</summary>
        public static Request Of(object value)
        {
            var parts = value as Collection;
            if (parts == null || parts.Kind != CollectionKind.Tuple || parts.Items.Count != 4) return null;
            Collection arguments = parts.Items[2] as Collection, named = parts.Items[3] as Collection;
            var method = TextOf(parts.Items[1]);
            if (method == null || arguments == null || named == null || named.Kind != CollectionKind.Map) return null;
            return new Request(TextOf(parts.Items[0]), method, arguments.Items.Select(item => item).ToList(), named.Items);
        }

        /// <summary>A text, which Python 2 sends as bytes; null for anything else.</summary>
        static string TextOf(object value)
        {
            var bytes = value as byte[];
            return bytes != null ? new string(Array.ConvertAll(bytes, octet => (char)octet)) : value as string;
        }

        /// <summary>An argument, or null.</summary>
        public object Argument(int position, string name)
        {
            if (position < arguments.Count) return TextOrValue(arguments[position], name);
            for (var index = 0; index < named.Count; index += 2)
                if (TextOf(named[index]) == name) return named[index + 1];
            return null;
        }

        public bool Has(int position, string name) { return position < arguments.Count || named.Where((key, index) => index % 2 == 0).Any(key => TextOf(key) == name); }

        static object TextOrValue(object value, string name) { return name == "typeid" ? TextOf(value) : value; }

        /// <summary>Until when to wait, from the arguments block and timeout. False if they are none.</summary>
        public bool TryDeadline(int before, out Deadline deadline)
        {
            const double aDay = 86400;
            deadline = Deadline.In(0);
            if (Method.EndsWith("_nowait", StringComparison.Ordinal)) return true;
            var blocks = Argument(before, "block");
            if (blocks is bool && !(bool)blocks || blocks is BigInteger && ((BigInteger)blocks).IsZero) return true;
            var timeout = Argument(before + 1, "timeout");
            deadline = Deadline.Never;
            if (timeout == null) return true;
            if (!(timeout is double) && !(timeout is BigInteger)) return false;
            var seconds = timeout is double ? (double)timeout : (double)(BigInteger)timeout;
            if (!(seconds >= 0)) return false;
            if (seconds <= aDay) deadline = Deadline.In((int)Math.Ceiling(1000 * seconds));
            return true;
        }
    }
}
