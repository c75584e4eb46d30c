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
        const int DefaultLimit = 64 << 20, LargestCount = 10000000, LongestTimeout = 86400000 /* a day */;

        public readonly Dictionary<string, Verb> Verbs;
        readonly Dictionary<string, Channel> channels = new Dictionary<string, Channel>();

        public Session()
        {
            Verbs = new Dictionary<string, Verb>
            {
                { "hello", new Verb("", "", Hello) },
                { "open", new Verb("channel transport role address framing", "limit authkey", Open) },
                { "accept", new Verb("channel", "timeout", Accept) },
                { "send", new Verb("channel", "payload file codec value format", Send) },
                { "receive", new Verb("channel", "file codec format timeout", Receive) },
                { "close", new Verb("channel", "how", Close) },
                { "reset", new Verb("", "", values => { CloseAll(); return ""; }) },
                { "echo", new Verb("channel count", "", Echo) },
                { "ping", new Verb("channel count size", "", Ping) },
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
                + " framings=" + string.Join(",", Framing.ByName.Keys) + ",none codecs=" + string.Join(",", Codec.ByName.Keys) + " features=echo,ping,layout,timeout" + (Handshake.IsAvailable ? ",authkey" : "");
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
            string name = values["channel"], transport = values["transport"], role = values["role"], framingName = values["framing"];
            if (name.Length < 1 || name.Length > 16 || !name.All(letter => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')))
                throw Fault.Usage("A channel's name is 1 to 16 of a-z and 0-9: choose another.");
            var limit = values.ContainsKey("limit") ? NumberOf(values, "limit", 1, int.MaxValue) : DefaultLimit;
            if (channels.ContainsKey(name)) throw Fault.Usage("The channel \"" + name + "\" is open already: close it first.");
            string[] roles;
            Framing framing;
            if (!Transports.Roles.TryGetValue(transport, out roles)) throw Fault.Unsupported("There is no transport \"" + transport + "\" here: hello lists them.");
            if (!Framing.ByName.TryGetValue(framingName, out framing) && framingName != "none")
                throw Fault.Unsupported("There is no framing \"" + framingName + "\" here: hello lists them.");
            if ((framing == null) != Transports.KeepsBounds(transport))
                throw Fault.Unsupported("The framing \"" + framingName + "\" is not for " + transport + (framing == null ? ", a stream: choose another." : ": use none."));
            if (!roles.Contains(role)) throw Fault.Unsupported(transport + " has no role \"" + role + "\": use " + string.Join(" or ", roles) + ".");
            byte[] key = null;
            if (values.ContainsKey("authkey")) key = KeyOf(values["authkey"], transport, framingName);
            var channel = new Channel(transport, role, values["address"], framing, limit, key);
            channels.Add(name, channel);
            return channel.ChosenAddress;
        }

        static byte[] KeyOf(string text, string transport, string framing)
        {
            if (!Handshake.IsAvailable) throw Fault.Unsupported("There are no hashes that can be relied on here, and so no authkey: leave it out.");
            if (framing != "multiprocessing" || !Transports.Roles[transport].Contains("connect"))
                throw Fault.Usage("A key is for a stream that is connected, with the framing multiprocessing: use one, or leave authkey out.");
            var key = Hex.Decode(text);
            if (key.Length == 0) throw Fault.Usage("A key has at least one byte: give authkey=HEX, or leave it out.");
            return key;
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
            ArraySegment<byte> message;
            if (!receiver.TryReceive(deadline, out message)) return " end=true";
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
            var count = NumberOf(values, "count", 1, LargestCount);
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
            var count = NumberOf(values, "count", 1, LargestCount);
            var size = NumberOf(values, "size", 0, int.MaxValue);
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
            return values.ContainsKey("timeout") ? Deadline.In(NumberOf(values, "timeout", 0, LongestTimeout)) : Deadline.Never;
        }

        static int NumberOf(Dictionary<string, string> values, string key, int smallest, int largest)
        {
            long number;
            if (!Number.TryParse(values[key], smallest, largest, out number)) throw Fault.Usage("The value of " + key + " is a whole number from " + smallest + " to " + largest + ".");
            return (int)number;
        }
    }
}
