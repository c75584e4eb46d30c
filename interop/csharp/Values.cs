using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Parley
{
    // A value is an object of C#: null, bool, BigInteger, double, string, byte[], or one of these classes for what C# has no own type for.

    enum CollectionKind { List, Tuple, Set, FrozenSet, Map }

    /// <summary>How high a part is, and how many parts it has, each use counted and itself included.</summary>
    struct Extent
    {
        public const int Unknown = 0, UnderWay = -1;
        public int Levels; // The height and 1, or one of the two above.
        public long Parts;
    }

    /// <summary>A list, tuple, set, frozen set or map. The items of a map are its keys and values by turns.</summary>
    sealed class Collection
    {
        public readonly CollectionKind Kind;
        public readonly List<object> Items;
        public Extent Extent;
        public string Identity; // Of a tuple or frozen set that has been looked at as a key.

        public Collection(CollectionKind kind, List<object> items)
        {
            Kind = kind;
            Items = items;
        }
    }

    /// <summary>Python's bytes that can change.</summary>
    sealed class ByteArray
    {
        public readonly byte[] Content;

        public ByteArray(byte[] content) { Content = content; }
    }

    /// <summary>A single-precision number, which can be written in a command; no codec carries it.</summary>
    sealed class SinglePrecision { }

    /// <summary>What a message says of an object that is not plain data. Nothing is looked up, made or called.</summary>
    sealed class Inert
    {
        public readonly string Name;
        public readonly Collection Arguments; // A tuple, or null if the name stands alone, as that of a class does.

        /// <summary>What was done to the object after the call: any state, a list of items that were added, a map of entries that were set.</summary>
        public readonly List<object> Changes = new List<object>();
        public Collection Growing; // The last of the changes, if more of its like belong to it.
        public Extent Extent;
        object contents;

        public Inert(string name, Collection arguments)
        {
            Name = name;
            Arguments = arguments;
        }

        public bool IsBareName { get { return Arguments == null && Changes.Count == 0; } }

        /// <summary>The changes as one value: null for none, the only one, or a tuple of several.</summary>
        public object Contents
        {
            get
            {
                // Made once: whoever looks for circles goes by identity.
                if (contents == null && Changes.Count > 0) contents = Changes.Count > 1 ? new Collection(CollectionKind.Tuple, Changes) : Changes[0];
                return contents;
            }
        }
    }

    static class Utf8
    {
        static readonly Encoding strict = new UTF8Encoding(false, true);

        /// <summary>Throws ArgumentException for what is no UTF-8: a text with U+FFFD in it would be another text.</summary>
        public static string Decode(byte[] bytes, int offset, int count) { return strict.GetString(bytes, offset, count); }

        public static byte[] Encode(string text) { return strict.GetBytes(text); }

        public static int CountOf(string text) { return strict.GetByteCount(text); }

        /// <summary>Whether a text has half a surrogate pair, which is no character. UTF-8 has none, but an escape can write one.</summary>
        public static bool HasLoneSurrogate(string text)
        {
            for (var index = 0; index < text.Length; index++)
            {
                if (!char.IsSurrogate(text[index])) continue;
                if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1])) return true;
                index++;
            }
            return false;
        }
    }

    static class WholeNumber
    {
        public const int MostDigits = 20000;
        public const int MostBytes = 8306; // Of a number with so many digits, in two's complement.
        static readonly BigInteger tooLarge = BigInteger.Pow(10, MostDigits);

        /// <summary>Reads digits with a minus sign or none.</summary>
        public static BigInteger Parse(string text)
        {
            return text[0] == '-' ? -Parse(text, 1, text.Length - 1) : Parse(text, 0, text.Length);
        }

        // By halves: BigInteger.Parse goes digit by digit, and takes half a second for 20,000.
        static BigInteger Parse(string digits, int start, int count)
        {
            if (count <= 18) return long.Parse(digits.Substring(start, count), NumberStyles.None, CultureInfo.InvariantCulture);
            var low = count / 2;
            return Parse(digits, start, count - low) * BigInteger.Pow(10, low) + Parse(digits, start + count - low, low);
        }

        public static string Write(BigInteger number) { return number.ToString(CultureInfo.InvariantCulture); }

        /// <summary>Throws `too-large` for a number of a message with more digits than one may have.</summary>
        public static BigInteger Checked(BigInteger number)
        {
            if (BigInteger.Abs(number) >= tooLarge) throw TooManyDigits();
            return number;
        }

        public static Fault TooManyDigits()
        {
            return new Fault("too-large", "A whole number has more than " + MostDigits + " digits: send it as bytes or text.");
        }

        public static int BitsOf(BigInteger positive)
        {
            var bytes = positive.ToByteArray();
            var bits = 8 * bytes.Length;
            for (var index = bits - 1; index >= 0 && (bytes[index / 8] >> index % 8 & 1) == 0; index--) bits--;
            return bits;
        }
    }
}
