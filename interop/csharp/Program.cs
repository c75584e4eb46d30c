// The C# endpoint: local channels on Linux with the class library, on Mono and on .NET.
//
// It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output.
// From the bottom of the stack to the top, the files are:
//
//   Fault.cs           exceptions and errno become the protocol's error kinds, in one place
//   Libc.cs            what the class library does not tell, asked of libc
//   Deadline.cs        until when something is waited for
//   Waiting.cs         whether the main thread waits for a peer
//   Leftovers.cs       what must not outlive the process
//   Watcher.cs         ends the process while its main thread waits
//   Framing.cs         pure functions: bytes in, decision out
//   ByteStreams.cs     sockets, named pipes, FIFOs and inherited descriptors as one abstract class
//   MessageStream.cs   messages over a stream
//   Handshake.cs       proves that both sides have a key; Digests.cs, with what
//   PacketSocket.cs    messages over a socket that keeps their bounds
//   FileSlot.cs        messages in a mapped file; FileCell.cs, too
//   SharedMemory.cs    memory that is shared with Python; NamedSemaphore.cs, the lock of it
//   SocketFile.cs      the file of a listening socket; UnixAddress.cs, how long its path may be
//   Listeners.cs       what listens, and takes a peer
//
// Values, which a codec makes messages of:
//
//   Values.cs          what a value is in C#; Tokens.cs, how a command or reply has it
//   Sameness.cs        which keys are equal; Extents.cs, how large a value is that is made of little
//   Codec.cs           the list of codecs
//   JsonCodec.cs       JSON; Decimals.cs, its doubles
//   StructCodec.cs     numbers as Python's struct packs them; StructFormat.cs, in which format
//   PickleCodec.cs     writes Python's pickles; PickleReader.cs reads them: PickleReader.Names.cs what they call, PickleInput.cs their bytes
//   ShareableListCodec.cs
//
// Queues of Python's multiprocessing:
//
//   ObjectQueue.cs     a manager's queue, here or elsewhere; ManagerConnection.cs, what a client says
//   ManagerServer.cs   what a server answers; SharedQueue.cs, from what
//   SpawnQueue.cs      one end of a queue of the spawn context
//
// And what the commands do with all that:
//
//   Transports*.cs     what each transport's class wants, and what it does not say when it fails
//   Layouts.cs         how the marshaller lays a record out
//   Opening.cs         what `open` asks for; Channel.cs, an open channel
//   Session.cs         one method a verb
//   Line.cs            command lines: parsing, replies
//   Program.cs         the loop, from here
//
// All of it is the C# that both Mono's mcs and the .NET SDK compile: C# 6. It is for Linux: statx(2) and the numbers of errno are
// Linux's.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Threading;

namespace Parley
{
    static class Program
    {
        static readonly Session session = new Session();
        static readonly string[] absentVerbs = Handshake.IsAvailable ? new string[0] : new[] { "call" }; // Optional ones of the protocol.

        static void Main()
        {
            Libc.KeepFilesPrivate();
            var replies = Libc.TakeStandardOutput();
            WarmUp();
            Watcher.Start();
            ObeyAll(replies);
            try
            {
                session.CloseAll();
            }
            finally
            {
                Leftovers.RemoveAllAndExit(0);
            }
        }

        /// <summary>
        /// The runtimes open descriptors when they first need them and keep them: both for the thread that waits on sockets, which named pipes
        /// use; .NET also one for each assembly, one for random numbers and two for exceptions. They shall be there before `hello` is
        /// answered, or they would look like leaks.
        /// </summary>
        static void WarmUp()
        {
            var address = "parley-" + Guid.NewGuid();
            using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                socket.Bind(new UnixDomainSocketEndPoint("\0" + address));
                socket.Listen(1);
                socket.BeginAccept(null, null);
            }
            if (Type.GetType("Mono.Runtime") != null) return; // The rest would double its time to start.
            var loaded = new HashSet<string>();
            var waiting = new Stack<Assembly>(new[] { Assembly.GetExecutingAssembly() });
            while (waiting.Count > 0)
                foreach (var name in waiting.Pop().GetReferencedAssemblies())
                    if (loaded.Add(name.Name)) waiting.Push(Assembly.Load(name));
            StartPoolThreads();
            var channel = "transport=unix-abstract framing=line address=@" + address + " role=";
            foreach (var command in new[] { "open channel=a " + channel + "listen", "open channel=b " + channel + "connect", "accept channel=a", "send channel=a payload=00",
                "receive channel=b", "close channel=a", "receive channel=b", "send channel=b payload=00", "reset" })
            {
                var line = Encoding.ASCII.GetBytes(command);
                Answer(line, 0, line.Length);
            }
        }

        /// <summary>A thread of .NET has a pipe open for a moment when it starts; so the pool gets all that it may have now.</summary>
        static void StartPoolThreads()
        {
            var count = Environment.ProcessorCount; // The least that the pool allows.
            ThreadPool.SetMaxThreads(count, count);
            using (var allRunning = new Barrier(count + 1))
            {
                for (var index = 0; index < count; index++) ThreadPool.QueueUserWorkItem(state => allRunning.SignalAndWait());
                allRunning.SignalAndWait();
            }
        }

        /// <summary>
        /// Until the end of standard input, or until nobody reads the replies. Not with the class Console, which would put a byte order
        /// mark before the first reply and read ahead.
        /// </summary>
        static void ObeyAll(int replies)
        {
            var buffer = new byte[Line.Longest + 1];
            int start = 0, end = 0, scanned = 0;
            var isTooLong = false; // The front of this line has been dropped.
            for (;;)
            {
                var lineFeed = Array.IndexOf(buffer, (byte)'\n', scanned, end - scanned);
                if (lineFeed >= 0)
                {
                    var reply = isTooLong ? Error(Fault.Usage("The line has more than " + Line.Longest + " bytes: use file=PATH.")) : Answer(buffer, start, lineFeed - start);
                    var bytes = Encoding.ASCII.GetBytes(reply + "\n");
                    if (Libc.Write(replies, bytes, 0, bytes.Length) != 0) return;
                    isTooLong = false;
                    start = scanned = lineFeed + 1;
                    continue;
                }
                if (end == buffer.Length)
                {
                    isTooLong |= start == 0;
                    if (isTooLong) start = end;
                    Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                    end -= start;
                    start = 0;
                }
                scanned = end;
                var count = Libc.Read(0, buffer, end, buffer.Length - end);
                if (count <= 0) return; // A last line without a line feed is not obeyed: half a command may mean something else.
                end += count;
            }
        }

        static string Answer(byte[] buffer, int start, int length)
        {
            var action = "The command";
            try
            {
                var values = new Dictionary<string, string>();
                // Latin-1: each byte becomes one character, so none gets lost before it is checked.
                var name = Line.Parse(Encoding.GetEncoding(28591).GetString(buffer, start, length), values);
                action = "The verb \"" + name + "\"";
                Verb verb;
                if (absentVerbs.Contains(name)) throw Fault.Unsupported("This endpoint has no verb \"" + name + "\": hello lists its features.");
                if (!session.Verbs.TryGetValue(name, out verb)) throw Fault.Usage("unknown verb \"" + name + "\": use one of " + string.Join(", ", session.Verbs.Keys) + ".");
                CheckKeys(name, verb, values);
                return "ok" + verb.Obey(values);
            }
            catch (Exception exception)
            {
                return Error(Fault.OfException(exception, action));
            }
        }

        static void CheckKeys(string name, Verb verb, Dictionary<string, string> values)
        {
            foreach (var key in values.Keys)
                if (!verb.Required.Contains(key) && !verb.Optional.Contains(key)) throw Fault.Usage(name + " has no key \"" + key + "\".");
            foreach (var key in verb.Required)
                if (!values.ContainsKey(key)) throw Fault.Usage(name + " needs the key \"" + key + "\".");
        }

        static string Error(Fault fault)
        {
            // Even a message that quotes a long value fits into a reply.
            var message = fault.Message.Length > 2000 ? fault.Message.Substring(0, 2000) : fault.Message;
            return "error kind=" + fault.Kind + " message=" + Line.Encode(message);
        }
    }
}
