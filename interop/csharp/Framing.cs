using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Parley
{
    /// <summary>The frame at the front of what was received, as far as it is understood; offsets count from its first byte.</summary>
    /// <remarks>What was looked at is remembered, so that a stream in pieces of one byte costs no more than one in a single piece.</remarks>
    sealed class Frame
    {
        public bool IsMeasured; // The three lengths are valid.
        public int Header, Payload, Trailer;

        public int Scanned; // line, content-length: looked at up to here.
        public int LineStart; // content-length: where the header line that is being collected begins.
        public long ContentLength = -1;

        public long Total { get { return (long)Header + Payload + Trailer; } }

        /// <summary>The length is checked here, before any memory is taken: four hostile bytes must not be able to ask for gigabytes.</summary>
        public void Measure(int header, ulong payload, int trailer, int limit)
        {
            if (payload > (ulong)limit) throw new Fault("too-large", "A frame announces " + payload + " bytes and the limit is " + limit
                + ": send less, or open the channel with a larger limit.");
            Header = header;
            Payload = (int)payload;
            Trailer = trailer;
            IsMeasured = true;
        }
    }

    /// <summary>The rules of one framing. It has no state: one instance serves every stream.</summary>
    abstract class Framing
    {
        public static readonly Dictionary<string, Framing> ByName = new Dictionary<string, Framing>
        {
            { "multiprocessing", new MultiprocessingFraming() },
            { "u32le", new LittleEndianFraming() },
            { "line", new LineFraming() },
            { "netstring", new NetstringFraming() },
            { "varint", new VarintFraming() },
            { "content-length", new ContentLengthFraming() },
        };

        /// <summary>The bytes before a payload of this length.</summary>
        public abstract byte[] Header(int length);

        /// <summary>The bytes after every payload.</summary>
        public virtual byte[] Trailer { get { return new byte[0]; } }

        /// <summary>Throws `malformed` for a payload that the framing cannot carry.</summary>
        public virtual void CheckPayload(byte[] bytes, int offset, int count) { }

        /// <summary>Measures the frame as soon as it can be, and otherwise remembers how far it looked.</summary>
        /// <remarks>Throws at the first byte that settles the matter, so that the outcome does not depend on how the stream is cut.</remarks>
        public abstract void Decode(Frame frame, byte[] buffer, int start, int available, int limit);

        protected static Fault Malformed(string reason)
        {
            return new Fault("malformed", reason + ": check that both ends use the same framing.");
        }

        /// <summary>Shifts instead of BitConverter, whose byte order is the machine's.</summary>
        protected static ulong BigEndian(byte[] buffer, int start, int count)
        {
            ulong value = 0;
            for (var index = start; index < start + count; index++) value = value << 8 | buffer[index];
            return value;
        }
    }

    /// <summary>The frames of Python's multiprocessing.connection, of send_bytes and recv_bytes.</summary>
    sealed class MultiprocessingFraming : Framing
    {
        public override byte[] Header(int length)
        {
            // A limit is an int, so the long form is never the shortest.
            return new[] { (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length };
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            if (available < 4) return;
            var length = (int)BigEndian(buffer, start, 4);
            if (length >= 0) frame.Measure(4, (ulong)length, 0, limit);
            else if (length != -1) throw Malformed("A frame announces a length of " + length);
            else if (available >= 12) frame.Measure(12, BigEndian(buffer, start + 4, 8), 0, limit);
        }
    }

    /// <summary>A uint32 little-endian length: what browsers speak with their native messaging hosts.</summary>
    sealed class LittleEndianFraming : Framing
    {
        public override byte[] Header(int length)
        {
            return new[] { (byte)length, (byte)(length >> 8), (byte)(length >> 16), (byte)(length >> 24) };
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            if (available < 4) return;
            var length = buffer[start] | (uint)buffer[start + 1] << 8 | (uint)buffer[start + 2] << 16 | (uint)buffer[start + 3] << 24;
            frame.Measure(4, length, 0, limit);
        }
    }

    /// <summary>The payload and a line feed, as in JSON Lines. A carriage return is payload.</summary>
    sealed class LineFraming : Framing
    {
        static readonly byte[] lineFeed = { (byte)'\n' };

        public override byte[] Header(int length) { return new byte[0]; }

        public override byte[] Trailer { get { return lineFeed; } }

        public override void CheckPayload(byte[] bytes, int offset, int count)
        {
            if (Array.IndexOf(bytes, (byte)'\n', offset, count) >= 0)
                throw new Fault("malformed", "The message has a line feed, which would end it early: choose a framing with a length.");
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            var found = Array.IndexOf(buffer, (byte)'\n', start + frame.Scanned, available - frame.Scanned);
            frame.Scanned = found < 0 ? available : found - start;
            if (frame.Scanned > limit) throw new Fault("too-large", "More than " + limit
                + " bytes came without a line feed: send less, or open the channel with a larger limit.");
            if (found >= 0) frame.Measure(0, (ulong)frame.Scanned, 1, limit);
        }
    }

    /// <summary>Decimal length, colon, payload, comma.</summary>
    sealed class NetstringFraming : Framing
    {
        static readonly byte[] comma = { (byte)',' };

        public override byte[] Header(int length) { return Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture) + ":"); }

        public override byte[] Trailer { get { return comma; } }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            ulong length = 0;
            for (var index = 0; index < available; index++)
            {
                var octet = buffer[start + index];
                if (octet == ':' && index > 0)
                {
                    frame.Measure(index + 1, length, 1, limit);
                    return;
                }
                if (octet < '0' || octet > '9' || (index == 1 && buffer[start] == '0'))
                    throw Malformed("A netstring's length, which is digits without a leading zero, has the byte 0x" + octet.ToString("x2"));
                length = length * 10 + (ulong)(octet - '0');
                // At this digit, not at the colon: an endless run of digits must neither be collected nor overflow.
                if (length > (ulong)limit) throw Fault.TooLarge((long)length, limit);
            }
        }
    }

    /// <summary>Unsigned LEB128 length, seven bits a byte, lowest first: protobuf's delimited messages.</summary>
    sealed class VarintFraming : Framing
    {
        public override byte[] Header(int length)
        {
            var header = new List<byte>();
            for (; length >= 0x80; length >>= 7) header.Add((byte)(length | 0x80));
            header.Add((byte)length);
            return header.ToArray();
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            ulong length = 0;
            for (var index = 0; index < available; index++)
            {
                var octet = buffer[start + index];
                // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
                if (index == 9 && octet > 1) throw Malformed("A varint has more than 64 bits");
                length |= (ulong)(octet & 0x7f) << (7 * index);
                if (octet < 0x80)
                {
                    frame.Measure(index + 1, length, 0, limit);
                    return;
                }
            }
        }
    }

    /// <summary>A header block with Content-Length, as language and debug servers have it.</summary>
    sealed class ContentLengthFraming : Framing
    {
        const int LongestHeader = 4096; // A header has no length of its own, so it needs a limit too.

        public override byte[] Header(int length)
        {
            return Encoding.ASCII.GetBytes("Content-Length: " + length.ToString(CultureInfo.InvariantCulture) + "\r\n\r\n");
        }

        public override void Decode(Frame frame, byte[] buffer, int start, int available, int limit)
        {
            for (; frame.Scanned < available && frame.Scanned < LongestHeader; frame.Scanned++)
            {
                var isLineFeed = buffer[start + frame.Scanned] == '\n';
                var followsReturn = frame.Scanned > frame.LineStart && buffer[start + frame.Scanned - 1] == '\r';
                if (isLineFeed != followsReturn) throw Malformed("A header line does not end with CR LF");
                if (!isLineFeed) continue;
                var length = frame.Scanned - 1 - frame.LineStart;
                if (length == 0)
                {
                    if (frame.ContentLength < 0) throw Malformed("A header has no Content-Length");
                    frame.Measure(frame.Scanned + 1, (ulong)frame.ContentLength, 0, limit);
                    return;
                }
                TakeLine(frame, Encoding.ASCII.GetString(buffer, start + frame.LineStart, length));
                frame.LineStart = frame.Scanned + 1;
            }
            if (frame.Scanned == LongestHeader) throw Malformed("A header does not end within " + LongestHeader + " bytes");
        }

        static void TakeLine(Frame frame, string line)
        {
            var colon = line.IndexOf(':');
            if (colon < 0) throw Malformed("A header line has no colon");
            if (!line.Substring(0, colon).Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) return;
            var digits = line.Substring(colon + 1).Trim(' ', '\t');
            // Not TryParse alone, which takes blanks and signs by default. Nineteen digits can be above an Int64 but not a UInt64.
            var isNumber = digits.Length >= 1 && digits.Length <= 19 && digits.All(digit => digit >= '0' && digit <= '9');
            if (frame.ContentLength >= 0 || !isNumber) throw Malformed("A header has a second Content-Length, or one that is no number");
            frame.ContentLength = (long)Math.Min(ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), long.MaxValue);
        }
    }
}
