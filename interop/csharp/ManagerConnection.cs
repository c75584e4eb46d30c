using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;

namespace Parley
{
    /// <summary>A client's connection to a server of Python's multiprocessing.managers: requests and replies, each a pickle.</summary>
    /// <remarks>
    /// A request is a tuple: the object's identity, or None for the manager itself; a method; its arguments, and those by name. A reply is a
    /// pair of what it is and a value. Python's client executes what the replies say. This one only reads it.
    /// </remarks>
    sealed class ManagerConnection : IDisposable
    {
        public const int Envelope = 1024; // More than a request or a reply has around its value.
        const int Patience = 5000; // Milliseconds. The manager itself answers at once.

        readonly MessageStream messages;

        public ManagerConnection(string address, byte[] key, int limit)
        {
            var socket = Transports.Connect(IsPort(address) ? "tcp" : "unix", address);
            messages = new MessageStream(new SocketStream(socket), Framing.ByName["multiprocessing"], LongestMessage(limit));
            try
            {
                Handshake.Run(messages, key, false);
            }
            catch
            {
                messages.Dispose();
                throw;
            }
        }

        /// <summary>In protocol 2 a byte from 0x80 on takes two.</summary>
        public static int LongestMessage(int limit) { return (int)Math.Min(int.MaxValue, 2L * limit + Envelope); }

        public static bool IsPort(string address) { return address.IndexOf(':') >= 0 && address[0] != '/'; }

        /// <summary>Asks the manager itself for something.</summary>
        public object Ask(string method, params object[] arguments)
        {
            return Ask(null, method, PickleCodec.BodyOf(new Collection(CollectionKind.Tuple, arguments.ToList())), Deadline.In(Patience));
        }

        /// <summary>Calls a method of a shared object. The arguments are the pickle of a tuple, without what is at a pickle's ends.</summary>
        public object Ask(string identity, string method, ArraySegment<byte> arguments, Deadline deadline)
        {
            try
            {
                var request = RequestOf(identity, method, arguments);
                messages.Send(request.Array, request.Offset, request.Count);
                ArraySegment<byte> reply;
                if (!messages.TryReceive(deadline, out reply)) throw Gone();
                try
                {
                    return ValueOf(reply, method);
                }
                finally
                {
                    messages.Consume();
                }
            }
            catch (Fault fault) when (fault.Kind == "truncated")
            {
                throw Gone();
            }
            catch (SocketException)
            {
                throw Gone();
            }
        }

        static ArraySegment<byte> RequestOf(string identity, string method, ArraySegment<byte> arguments)
        {
            var output = new MemoryStream(arguments.Count + Envelope);
            var writer = new PickleWriter(output);
            output.Write(new byte[] { 0x80, 2, (byte)'(' }, 0, 3);
            writer.Write(identity);
            writer.Write(method);
            output.Write(arguments.Array, arguments.Offset, arguments.Count);
            output.Write(new[] { (byte)'}', (byte)'t', (byte)'.' }, 0, 3);
            return new ArraySegment<byte>(output.GetBuffer(), 0, (int)output.Length);
        }

        static object ValueOf(ArraySegment<byte> reply, string method)
        {
            Collection pair;
            try
            {
                pair = new PickleReader(reply, Line.LongestValue).Read() as Collection;
            }
            catch (Fault fault) when (fault.Kind == "usage")
            {
                return fault; // A value that is too long. It has been taken out of the queue, so this is handed on in its place.
            }
            if (pair == null || pair.Kind != CollectionKind.Tuple || pair.Items.Count != 2) throw new Fault("malformed", "The manager's reply is no pair: it is another program.");
            var value = pair.Items[1];
            var kind = TextOf(pair.Items[0]);
            if (kind == "#RETURN") return value;
            if (kind == "#PROXY") throw new Fault("malformed", "The method returns another shared object, which is no value.");
            if (kind == "#ERROR" && value is Inert) throw new RaisedThere(((Inert)value).Name);
            // A traceback, whose last line is the exception.
            throw new Fault("internal", "The manager refuses " + method + ": " + TextOf(value).Trim('-', ' ', '\n').Split('\n').Last() + ". Look at the method and its arguments.");
        }

        /// <summary>A text, which Python 2 sends as bytes.</summary>
        static string TextOf(object value)
        {
            var bytes = value as byte[];
            return bytes != null ? Encoding.UTF8.GetString(bytes) : value as string ?? "";
        }

        static Fault Gone() { return new Fault("closed", "The manager is gone: start it again, and open anew."); }

        public void Dispose() { messages.Dispose(); }
    }

    /// <summary>An exception of the shared object, by its name. It is not made again here.</summary>
    sealed class RaisedThere : Exception
    {
        public readonly string Name;

        public RaisedThere(string name) : base(name) { Name = name; }

        public Fault AsFault() { return new Fault("internal", "The shared object raised " + Name + ": look at the method's arguments."); }
    }
}
