using System;
using System.Collections.Generic;
using System.Numerics;

namespace Parley
{
    /// <summary>What Python's struct.pack writes, with the kinds of values checked: Python would take True for 1.</summary>
    sealed class StructCodec : Codec
    {
        public override void CheckFormat(string format)
        {
            if (format == null) throw Fault.Usage("The codec struct needs a format: add one such as format=<iqd.");
            new StructFormat(format);
        }

        public override byte[] Encode(object value, string text, int limit)
        {
            var format = new StructFormat(text);
            if (format.Size > limit) throw Fault.TooLarge(format.Size, limit); // Before so much is allocated.
            var tuple = value as Collection;
            if (tuple == null || tuple.Kind != CollectionKind.Tuple || tuple.Items.Count != format.ValueCount)
                throw Misfit("struct carries a tuple, here of " + format.ValueCount + " items");
            var bytes = new byte[format.Size];
            var next = 0;
            foreach (var run in format.Runs)
                for (var index = 0; index < run.Count; index++) Put(tuple.Items[next++], run, bytes, run.Offset + index * run.Size, format.IsBigEndian);
            return bytes;
        }

        static void Put(object value, StructFormat.Run run, byte[] bytes, int place, bool isBigEndian)
        {
            var content = value as byte[];
            switch (run.Code)
            {
                case 'c':
                    if (content == null || content.Length != 1) throw Misfit("c takes one byte");
                    bytes[place] = content[0];
                    return;
                case 's': // A shorter one is filled up with NUL, and a longer one cut, as Python does.
                    if (content == null) throw Misfit("s takes bytes");
                    Buffer.BlockCopy(content, 0, bytes, place, Math.Min(content.Length, run.Size));
                    return;
                case 'p': // Its length comes first, in one byte.
                    if (content == null) throw Misfit("p takes bytes");
                    if (run.Size == 0) return;
                    var length = Math.Min(content.Length, run.Size - 1);
                    bytes[place] = (byte)Math.Min(length, 255);
                    Buffer.BlockCopy(content, 0, bytes, place + 1, length);
                    return;
                case '?':
                    if (!(value is bool)) throw Misfit("? takes a truth value");
                    bytes[place] = (bool)value ? (byte)1 : (byte)0;
                    return;
                case 'e': case 'f': case 'd':
                    if (!(value is double)) throw Misfit(run.Code + " takes an f64");
                    PutNumber(FloatingPoint.BitsOf((double)value, run.Size), run.Size, bytes, place, isBigEndian);
                    return;
                default:
                    if (!(value is BigInteger)) throw Misfit(run.Code + " takes a whole number");
                    PutNumber(BitsOf((BigInteger)value, run), run.Size, bytes, place, isBigEndian);
                    return;
            }
        }

        static bool IsSigned(char code) { return char.IsLower(code); }

        static ulong BitsOf(BigInteger number, StructFormat.Run run)
        {
            var isSigned = IsSigned(run.Code);
            var half = BigInteger.One << 8 * run.Size - 1;
            if (number < (isSigned ? -half : 0) || number >= (isSigned ? half : 2 * half)) throw Misfit("a number is out of the range of " + run.Code);
            return isSigned ? (ulong)(long)number : (ulong)number;
        }

        static void PutNumber(ulong bits, int size, byte[] bytes, int place, bool isBigEndian)
        {
            for (var index = 0; index < size; index++) bytes[place + (isBigEndian ? size - 1 - index : index)] = (byte)(bits >> 8 * index);
        }

        public override object Decode(ArraySegment<byte> message, string text, int longest)
        {
            var format = new StructFormat(text);
            if (format.Size != message.Count) throw Misfit("the format has " + format.Size + " bytes and the message " + message.Count);
            if ((long)format.ValueCount * Tokens.Shortest > longest) throw Tokens.TooLong(longest);
            var items = new List<object>(format.ValueCount);
            foreach (var run in format.Runs)
                for (var index = 0; index < run.Count; index++) items.Add(Taken(run, message.Array, message.Offset + run.Offset + index * run.Size, format.IsBigEndian));
            return new Collection(CollectionKind.Tuple, items);
        }

        static object Taken(StructFormat.Run run, byte[] bytes, int place, bool isBigEndian)
        {
            switch (run.Code)
            {
                case 'c': case 's': return Copy(bytes, place, run.Size);
                case 'p': return run.Size == 0 ? new byte[0] : Copy(bytes, place + 1, Math.Min(bytes[place], run.Size - 1));
                case '?': return bytes[place] != 0;
            }
            var bits = 0ul;
            for (var index = 0; index < run.Size; index++) bits |= (ulong)bytes[place + (isBigEndian ? run.Size - 1 - index : index)] << 8 * index;
            if ("efd".IndexOf(run.Code) >= 0) return FloatingPoint.OfBits(bits, run.Size);
            if (!IsSigned(run.Code)) return new BigInteger(bits);
            var unused = 64 - 8 * run.Size;
            return new BigInteger((long)(bits << unused) >> unused);
        }

        static byte[] Copy(byte[] bytes, int place, int count)
        {
            var copy = new byte[count];
            Buffer.BlockCopy(bytes, place, copy, 0, count);
            return copy;
        }

        static Fault Misfit(string reason) { return new Fault("malformed", "Value and format do not go together: " + reason + ". Change one of them."); }
    }

    /// <summary>Numbers of IEEE 754 with 8, 4 and 2 bytes as doubles.</summary>
    static class FloatingPoint
    {
        public static ulong BitsOf(double number, int size)
        {
            if (size == 8) return (ulong)BitConverter.DoubleToInt64Bits(number);
            var isFinite = !double.IsNaN(number) && !double.IsInfinity(number);
            var bits = size == 4 ? BitConverter.ToUInt32(BitConverter.GetBytes((float)number), 0) : HalfBitsOf(number);
            var infinity = size == 4 ? 0x7f800000u : 0x7c00u;
            if (isFinite && (bits & infinity) == infinity) throw new Fault("malformed", "A number is beyond the range of its character: use d, or a smaller one.");
            return bits;
        }

        public static double OfBits(ulong bits, int size)
        {
            if (size == 8) return BitConverter.Int64BitsToDouble((long)bits);
            if (size == 4) return BitConverter.ToSingle(BitConverter.GetBytes((uint)bits), 0);
            var exponent = (int)(bits >> 10 & 31);
            var mantissa = (double)(bits & 1023);
            // A number without the implicit bit has the same scale as the smallest with it.
            var magnitude = exponent == 31 ? (mantissa == 0 ? double.PositiveInfinity : double.NaN)
                : exponent == 0 ? mantissa * Math.Pow(2, -24) : (1024 + mantissa) * Math.Pow(2, exponent - 25);
            if (double.IsNaN(magnitude)) return BitConverter.Int64BitsToDouble((long)(0x7ff8000000000000 | (bits >> 15) << 63));
            return bits >> 15 == 0 ? magnitude : -magnitude;
        }

        static uint HalfBitsOf(double number)
        {
            var sign = BitConverter.DoubleToInt64Bits(number) < 0 ? 0x8000u : 0;
            var magnitude = Math.Abs(number);
            if (double.IsNaN(number)) return sign | 0x7e00;
            if (magnitude >= 65520) return sign | 0x7c00; // Halfway between the largest and what would come next.
            // In steps of the last place, which are powers of two; so only the rounding, to even, loses something.
            var exponent = 1;
            while (exponent < 30 && magnitude >= Math.Pow(2, exponent - 14)) exponent++;
            var steps = (uint)Math.Round(magnitude * Math.Pow(2, 25 - exponent), MidpointRounding.ToEven);
            // Added: what is rounded up to the next power carries over into the exponent, and what lacks the implicit bit takes it out.
            return sign | ((uint)exponent - 1 << 10) + steps;
        }
    }
}
