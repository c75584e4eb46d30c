using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Parley
{
    sealed class Verb
    {
        public readonly string[] Required, Optional;
        public readonly Func<Dictionary<string, string>, string> Obey;

        public Verb(string required, string optional, Func<Dictionary<string, string>, string> obey)
        {
            var separator = new[] { ' ' };
            Required = required.Split(separator, StringSplitOptions.RemoveEmptyEntries);
            Optional = optional.Split(separator, StringSplitOptions.RemoveEmptyEntries);
            Obey = obey;
        }
    }

    /// <summary>Everything that the endpoint has open. Each verb returns what comes after `ok`.</summary>
    sealed class Session
    {
        const int LargestCount = 10000000, LongestTimeout = 86400000 /* a day */;

        public readonly Dictionary<string, Verb> Verbs;
        readonly Dictionary<string, Channel> channels = new Dictionary<string, Channel>();

        public Session()
        {
            Verbs = new Dictionary<string, Verb>
            {
                { "hello", new Verb("", "", Hello) },
                { "open", new Verb("channel transport role address framing", "limit " + Opening.Options, Open) },
                { "accept", new Verb("channel", "timeout", Accept) },
                { "send", new Verb("channel", "payload file codec value format", Send) },
                { "receive", new Verb("channel", "file codec format timeout", Receive) },
                { "close", new Verb("channel", "how", Close) },
                { "reset", new Verb("", "", values => { CloseAll(); return ""; }) },
                { "echo", new Verb("channel count", "", Echo) },
                { "ping", new Verb("channel count size", "", Ping) },
                { "call", new Verb("channel method", "value", Call) },
                { "layout", new Verb("record", "", values => Layouts.Describe(values["record"])) },
            };
        }

        Channel ChannelOf(Dictionary<string, string> values)
        {
            Channel channel;
            if (!channels.TryGetValue(values["channel"], out channel)) throw Fault.Usage("The channel \"" + values["channel"] + "\" is not open: open it first.");
            return channel;
        }

        static string Hello(Dictionary<string, string> values)
        {
            return " protocol=1 language=csharp runtime=" + Line.Encode(RuntimeName()) + " transports=" + string.Join(",", Transports.Roles.Keys)
                + " framings=" + string.Join(",", Framing.ByName.Keys) + ",none codecs=" + string.Join(",", Codec.ByName.Keys) + " features=echo,ping,layout,timeout" + (Handshake.IsAvailable ? ",authkey,call" : "");
        }

        static string RuntimeName()
        {
            var mono = Type.GetType("Mono.Runtime");
            var name = mono == null ? null : mono.GetMethod("GetDisplayName", BindingFlags.NonPublic | BindingFlags.Static);
            if (name != null) return "Mono " + ((string)name.Invoke(null, null)).Split(' ')[0];
            var framework = RuntimeInformation.FrameworkDescription;
            return framework.StartsWith(".NET Core", StringComparison.Ordinal) ? framework + " (end of life)" : framework;
        }

        string Open(Dictionary<string, string> values)
        {
            Opening.CheckForms(values);
            var name = values["channel"];
            if (channels.ContainsKey(name)) throw Fault.Usage("The channel \"" + name + "\" is open already: close it first.");
            var channel = new Channel(new Opening(values));
            channels.Add(name, channel);
            return channel.ChosenAddress;
        }

        string Accept(Dictionary<string, string> values)
        {
            var deadline = DeadlineOf(values);
            ChannelOf(values).Accept(deadline);
            return "";
        }

        string Send(Dictionary<string, string> values)
        {
            if (new[] { "payload", "file", "codec" }.Count(values.ContainsKey) != 1)
                throw Fault.Usage("The message is in payload or in file, or a value with its codec: give one of them.");
            CheckCodecKeys(values);
            if (values.ContainsKey("value") != values.ContainsKey("codec")) throw Fault.Usage("value and codec belong together: give both or neither.");
            var channel = ChannelOf(values);
            var codec = CodecOf(values);
            var sender = channel.Sender;
            if (codec is PickleCodec && sender is ObjectQueue)
            {
                ((ObjectQueue)sender).Put(Tokens.Read(values["value"]));
                return "";
            }
            var bytes = codec != null ? codec.Encode(Tokens.Read(values["value"]), FormatOf(values), channel.Limit)
                : values.ContainsKey("file") ? ContentOf(values["file"], channel.Limit) : Hex.Decode(values["payload"]);
            sender.Send(bytes, 0, bytes.Length);
            return "";
        }

        static void CheckCodecKeys(Dictionary<string, string> values)
        {
            if (values.ContainsKey("format") && !values.ContainsKey("codec")) throw Fault.Usage("A format needs its codec: add codec, or leave format out.");
        }

        /// <summary>The codec, or null if bytes are meant.</summary>
        static Codec CodecOf(Dictionary<string, string> values)
        {
            if (!values.ContainsKey("codec")) return null;
            Codec codec;
            if (!Codec.ByName.TryGetValue(values["codec"], out codec)) throw Fault.Unsupported("There is no codec \"" + values["codec"] + "\" here: hello lists them.");
            codec.CheckFormat(FormatOf(values));
            return codec;
        }

        static string FormatOf(Dictionary<string, string> values)
        {
            string format;
            return values.TryGetValue("format", out format) ? format : null;
        }

        /// <summary>The whole of a regular file. Nothing else is opened, and nothing above the limit is read.</summary>
        static byte[] ContentOf(string path, int limit)
        {
            Transports.CheckPath(path);
            var held = Libc.Hold(path);
            if (held < 0) throw Fault.OfErrno(-held, "Looking at " + path);
            try
            {
                Libc.FileStatus status;
                var errno = Libc.Examine(held, out status);
                if (errno != 0) throw Fault.OfErrno(errno, "Looking at " + path);
                if (!status.IsRegular) throw Fault.Usage(path + " is no regular file: give the path of one.");
                if (status.Size > limit) throw Fault.TooLarge(status.Size, limit);
                // The file that was looked at, whatever is at the path by now: to open a FIFO is to wait for its writer.
                using (var file = Transports.OpenFile("/proc/self/fd/" + held, FileMode.Open, FileAccess.Read))
                {
                    var bytes = new byte[status.Size];
                    int count = 0, more = 1;
                    for (; count < bytes.Length && more > 0; count += more) more = file.Read(bytes, count, bytes.Length - count);
                    Array.Resize(ref bytes, count); // Which does nothing, unless somebody has cut the file meanwhile.
                    return bytes;
                }
            }
            finally
            {
                Libc.Release(held);
            }
        }

        string Receive(Dictionary<string, string> values)
        {
            CheckCodecKeys(values);
            if (values.ContainsKey("codec") && values.ContainsKey("file")) throw Fault.Usage("A value is received with codec, bytes with file: give one of them.");
            var deadline = DeadlineOf(values);
            var channel = ChannelOf(values);
            var codec = CodecOf(values);
            var receiver = channel.Receiver;
            var queue = receiver as ObjectQueue;
            if (queue != null && codec is PickleCodec) return ReceiveObject(queue, deadline);
            ArraySegment<byte> message;
            if (!receiver.TryReceive(deadline, out message)) return queue != null ? " empty=true" : " end=true";
            string reply;
            if (codec != null) reply = " value=" + ValueIn(message, codec, FormatOf(values), receiver);
            else if (values.ContainsKey("file"))
            {
                var path = values["file"];
                Transports.CheckPath(path);
                Libc.FileStatus status;
                // A FIFO would wait for its reader.
                if (Libc.Examine(path, out status) == 0 && !status.IsRegular) throw Fault.Usage(path + " is no regular file: give the path of one, or of none.");
                using (var file = Transports.OpenFile(path, FileMode.Create, FileAccess.Write)) file.Write(message.Array, message.Offset, message.Count);
                reply = " length=" + message.Count;
            }
            else
            {
                if (message.Count > Line.LargestPayload)
                    throw Fault.Usage("The message has " + message.Count + " bytes and a reply holds " + Line.LargestPayload + ": receive it again, with file=PATH.");
                reply = " payload=" + Hex.Encode(message);
            }
            // Not before: a message that could not be handed over can be asked for again.
            receiver.Consume();
            return reply;
        }

        static string ReceiveObject(ObjectQueue queue, Deadline deadline)
        {
            object value;
            if (!queue.TryGet(deadline, out value)) return " empty=true";
            var reply = " value=" + Tokens.Write(value, Line.LongestValue);
            queue.Consume();
            return reply;
        }

        string Call(Dictionary<string, string> values)
        {
            var queue = ChannelOf(values).Receiver as RemoteQueue;
            if (queue == null) throw Fault.Usage("Only a manager-queue with role=connect can be called: open one.");
            var arguments = values.ContainsKey("value") ? Tokens.Read(values["value"]) as Collection : new Collection(CollectionKind.Tuple, new List<object>());
            if (arguments == null || arguments.Kind != CollectionKind.Tuple) throw Fault.Usage("The arguments of a call are a tuple: give value=tuple:N and N values.");
            return " value=" + Tokens.Write(queue.Call(values["method"], arguments), Line.LongestValue);
        }

        /// <summary>The tokens of the value in a message, which is gone if it has none.</summary>
        static string ValueIn(ArraySegment<byte> message, Codec codec, string format, Connection receiver)
        {
            try
            {
                return Tokens.Write(codec.Decode(message, format, Line.LongestValue), Line.LongestValue);
            }
            catch (Fault fault) when (fault.Kind != "usage")
            {
                receiver.Consume();
                throw;
            }
        }

        string Close(Dictionary<string, string> values)
        {
            var channel = ChannelOf(values);
            string how;
            if (!values.TryGetValue("how", out how))
            {
                channels.Remove(values["channel"]);
                channel.Dispose();
                return "";
            }
            if (how != "write") throw Fault.Usage("how=" + how + " is unknown: give how=write or leave it out.");
            channel.EndWriting();
            return "";
        }

        /// <summary>Closes every channel, even if one fails, and throws the failure then.</summary>
        public void CloseAll()
        {
            var all = channels.Values.ToArray();
            channels.Clear();
            Exception failure = null;
            foreach (var channel in all)
            {
                try
                {
                    channel.Dispose();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            }
            if (failure != null) throw failure;
        }

        string Echo(Dictionary<string, string> values)
        {
            var count = Number.Of(values, "count", 1, LargestCount);
            var channel = ChannelOf(values);
            Connection receiver = channel.Receiver, sender = channel.Sender;
            for (; count > 0; count--)
            {
                var message = ReceiveInLoop(receiver);
                sender.Send(message.Array, message.Offset, message.Count);
                receiver.Consume();
            }
            return "";
        }

        string Ping(Dictionary<string, string> values)
        {
            var count = Number.Of(values, "count", 1, LargestCount);
            var size = Number.Of(values, "size", 0, int.MaxValue);
            var channel = ChannelOf(values);
            Connection receiver = channel.Receiver, sender = channel.Sender;
            if (size > channel.Limit) throw Fault.TooLarge(size, channel.Limit); // Before the payload is made.
            var payload = new byte[size];
            for (var index = 0; index < size; index++) payload[index] = (byte)'p'; // What every framing can carry.
            var started = Stopwatch.GetTimestamp();
            for (; count > 0; count--)
            {
                sender.Send(payload, 0, size);
                ReceiveInLoop(receiver);
                receiver.Consume();
            }
            var seconds = (Stopwatch.GetTimestamp() - started) / (double)Stopwatch.Frequency;
            return " nanoseconds=" + (long)(seconds * 1e9);
        }

        static ArraySegment<byte> ReceiveInLoop(Connection receiver)
        {
            ArraySegment<byte> message;
            if (!receiver.TryReceive(Deadline.Never, out message)) throw new Fault("closed", "The stream ended in the loop: the peer went away before the last message.");
            return message;
        }

        static Deadline DeadlineOf(Dictionary<string, string> values)
        {
            return values.ContainsKey("timeout") ? Deadline.In(Number.Of(values, "timeout", 0, LongestTimeout)) : Deadline.Never;
        }
    }
}
