using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Text;

namespace Parley
{
    /// <summary>The memory of Python's multiprocessing.shared_memory.ShareableList, in its two layouts.</summary>
    /// <remarks>
    ///     3.9 and newer   N, N + 1 offsets of the items, items, N formats of struct, N codes
    ///     3.8             N, N sizes of the items,       items, N formats of struct, N codes
    /// Numbers are int64 and little-endian. A format is 8 bytes with NUL behind it, a code one byte. Items take a multiple of 8 bytes.
    /// </remarks>
    sealed class ShareableListCodec : Codec
    {
        const byte NumberCode = 0, TextCode = 1, BytesCode = 2, NoneCode = 3;
        const string Int = "q", Double = "d", Truth = "xxxxxxx?", None = "xxxxxx?x";

        readonly bool hasSizes; // As 3.8 has.

        public ShareableListCodec(bool hasSizes) { this.hasSizes = hasSizes; }

        struct Item
        {
            public byte[] Slot;
            public string Format;
            public byte Code;
        }

        public override byte[] Encode(object value, string format, int limit)
        {
            var list = value as Collection;
            if (list == null || list.Kind != CollectionKind.List) throw NotInList("anything but a list");
            var items = list.Items.Select(ItemOf).ToArray();
            var bytes = new List<byte>();
            PutNumber(bytes, items.Length);
            long offset = 0;
            if (!hasSizes) PutNumber(bytes, 0);
            foreach (var item in items)
            {
                offset += item.Slot.Length;
                PutNumber(bytes, hasSizes ? item.Slot.Length : offset);
            }
            foreach (var item in items) bytes.AddRange(item.Slot);
            foreach (var item in items) bytes.AddRange(Encoding.ASCII.GetBytes(item.Format.PadRight(8, '\0')));
            foreach (var item in items) bytes.Add(item.Code);
            return bytes.ToArray();
        }

        static void PutNumber(List<byte> bytes, long number) { bytes.AddRange(SlotOf((ulong)number)); }

        static byte[] SlotOf(ulong bits) { return Enumerable.Range(0, 8).Select(index => (byte)(bits >> 8 * index)).ToArray(); }

        static Item ItemOf(object value)
        {
            if (value == null) return new Item { Slot = new byte[8], Format = None, Code = NoneCode };
            if (value is bool) return new Item { Slot = SlotOf((bool)value ? 1ul << 56 : 0), Format = Truth };
            if (value is double) return new Item { Slot = SlotOf((ulong)BitConverter.DoubleToInt64Bits((double)value)), Format = Double };
            if (value is BigInteger)
            {
                var number = (BigInteger)value;
                if (number < long.MinValue || number > long.MaxValue) throw NotInList("a number beyond 64 bits");
                return new Item { Slot = SlotOf((ulong)(long)number), Format = Int };
            }
            var text = value as string;
            var content = text != null ? Utf8.Encode(text) : value as byte[];
            if (content == null) throw NotInList("bytearrays, collections, f32 and objects");
            if (content.Length > 0 && content[content.Length - 1] == 0) throw NotInList("NUL bytes at an end, which are lost in reading");
            // Python counts characters here, which for it are not C#'s halves of a pair, and so would cut text that is not ASCII.
            var length = text != null ? text.Count(letter => !char.IsLowSurrogate(letter)) : content.Length;
            var size = 8 * (length / 8 + 1);
            if (content.Length > size) throw NotInList("a text of " + content.Length + " bytes in UTF-8, for which Python has a slot of " + size);
            var format = size + "s";
            if (format.Length > 8) throw NotInList("an item of " + content.Length + " bytes");
            Array.Resize(ref content, size);
            return new Item { Slot = content, Format = format, Code = text != null ? TextCode : BytesCode };
        }

        /// <summary>The memory may be longer than the list, as it is where pages are the unit.</summary>
        public override object Decode(ArraySegment<byte> message, string format, int longest)
        {
            var count = NumberAt(message, 0);
            // Two numbers, a format and a code for each item: an impossible count asks for no memory.
            if (count < 0 || count > message.Count / 17) throw Malformed("it announces " + count + " items");
            if (count * Tokens.Shortest > longest) throw Tokens.TooLong(longest);
            var ends = EndsOf(message, (int)count);
            var start = 8 * (count + (hasSizes ? 1 : 2));
            var formats = start + ends[ends.Length - 1];
            var codes = formats + 8 * count;
            if (formats > message.Count || codes + count > message.Count) throw Malformed("it is shorter than what it announces");
            var items = new List<object>((int)count);
            for (var index = 0; index < count; index++)
            {
                var layout = Encoding.GetEncoding(28591).GetString(message.Array, (int)(message.Offset + formats + 8 * index), 8).TrimEnd('\0');
                // Items lie one behind the other. If they could overlap, each could be as long as the whole memory.
                var slot = new ArraySegment<byte>(message.Array, (int)(message.Offset + start + ends[index]), (int)(ends[index + 1] - ends[index]));
                items.Add(ValueOf(slot, layout, message.Array[message.Offset + codes + index]));
            }
            return new Collection(CollectionKind.List, items);
        }

        /// <summary>Where the items end, with the beginning of the first before them.</summary>
        long[] EndsOf(ArraySegment<byte> message, int count)
        {
            var ends = new long[count + 1];
            for (var index = hasSizes ? 1 : 0; index <= count; index++)
            {
                var number = NumberAt(message, hasSizes ? 8L * index : 8L * (index + 1));
                var before = index == 0 ? 0 : ends[index - 1];
                if (hasSizes ? number < 0 || number > message.Count : number < before || number > message.Count || (index == 0 && number != 0))
                    throw Malformed("its items overlap, or lie behind its end");
                ends[index] = hasSizes ? before + number : number;
            }
            return ends;
        }

        static long NumberAt(ArraySegment<byte> bytes, long place)
        {
            if (place + 8 > bytes.Count) throw Malformed("it is shorter than what it announces");
            long number = 0;
            for (var index = 7; index >= 0; index--) number = number << 8 | bytes.Array[bytes.Offset + place + index];
            return number;
        }

        static object ValueOf(ArraySegment<byte> slot, string format, byte code)
        {
            if (code == TextCode || code == BytesCode) return ContentOf(slot, format, code == TextCode);
            if (code == NoneCode && format == None) return null;
            if (code != NumberCode || (format != Int && format != Double && format != Truth)) throw Malformed("an item has the format " + format + " and the code " + code);
            var number = NumberAt(slot, 0);
            if (format == Truth) return (ulong)number >> 56 != 0;
            return format == Int ? new BigInteger(number) : (object)BitConverter.Int64BitsToDouble(number);
        }

        static object ContentOf(ArraySegment<byte> slot, string format, bool isText)
        {
            long size;
            if (!format.EndsWith("s", StringComparison.Ordinal) || format.Length < 2 || !Number.TryParse(format.Substring(0, format.Length - 1).TrimStart('0').PadLeft(1, '0'), 0, slot.Count, out size))
                throw Malformed("an item has the format " + format + " and " + slot.Count + " bytes");
            var length = (int)size;
            while (length > 0 && slot.Array[slot.Offset + length - 1] == 0) length--;
            if (!isText) return slot.Array.Skip(slot.Offset).Take(length).ToArray();
            try
            {
                return Utf8.Decode(slot.Array, slot.Offset, length);
            }
            catch (ArgumentException)
            {
                throw Malformed("a text is no UTF-8; Python cuts what is not ASCII");
            }
        }

        static Fault Malformed(string reason)
        {
            return new Fault("malformed", "The memory is no ShareableList of this layout: " + reason + ". Those of Python 3.8 and of newer versions differ.");
        }

        static Fault NotInList(string what) { return new Fault("malformed", "A ShareableList cannot carry " + what + ": send another value."); }
    }
}
