using System;
using System.Collections.Generic;
using System.Numerics;
using System.Text;

namespace Parley
{
    /// <summary>Values as the protocol writes them: comma-separated tokens in prefix order, such as map:1,text:61,list:2,int:1,null.</summary>
    static class Tokens
    {
        public const int Deepest = 200; // The root has depth 0.
        public const int Shortest = 5; // Of a token and its comma: "null,".

        /// <summary>The names of the kinds, in the order of CollectionKind.</summary>
        public static readonly string[] Collections = { "list", "tuple", "set", "frozenset", "map" };

        /// <summary>Reads a value. Throws `usage` for what is none.</summary>
        public static object Read(string text) { return new TokenReader(text).Read(); }

        /// <summary>Writes a value. Throws `usage` above so many characters, before it takes more memory than they do.</summary>
        public static string Write(object value, int longest)
        {
            var writer = new TokenWriter(longest);
            writer.Write(value);
            return writer.ToString();
        }

        public static Fault TooLong(int longest)
        {
            return Fault.Usage("The value takes more than the " + longest + " characters of a reply: receive the message with file=PATH.");
        }
    }

    sealed class TokenReader
    {
        readonly string[] words;
        int place;

        public TokenReader(string text) { words = text.Split(','); }

        public object Read()
        {
            var value = Next(0);
            if (place < words.Length) throw Unreadable("\"" + Shown(words[place]) + "\" stands behind the value");
            return value;
        }

        object Next(int depth)
        {
            if (depth > Tokens.Deepest) throw Unreadable("it is nested deeper than " + Tokens.Deepest);
            if (place == words.Length) throw Unreadable("a part is missing at its end");
            var word = words[place++];
            if (word == "null") return null;
            if (word == "true" || word == "false") return word == "true";
            var colon = word.IndexOf(':');
            if (colon < 0) throw NoToken(word);
            string kind = word.Substring(0, colon), content = word.Substring(colon + 1);
            if (kind == "int") return ReadInt(word, content);
            var collection = Array.IndexOf(Tokens.Collections, kind);
            if (collection >= 0) return ReadCollection((CollectionKind)collection, word, content, depth);
            var bytes = Hex.TryDecode(content);
            if (bytes == null) throw NoToken(word);
            switch (kind)
            {
                case "f64": if (bytes.Length == 8) return BitConverter.Int64BitsToDouble((long)BigEndian(bytes)); break;
                case "f32": if (bytes.Length == 4) return new SinglePrecision(); break;
                case "bytes": return bytes;
                case "bytearray": return new ByteArray(bytes);
                case "text": return ReadText(word, bytes);
                case "object":
                    var inert = new Inert(ReadText(word, bytes), null);
                    Next(depth + 1);
                    Next(depth + 1);
                    return inert; // Which no codec carries, whatever it was called with.
            }
            throw NoToken(word);
        }

        static object ReadInt(string word, string digits)
        {
            var start = digits.StartsWith("-", StringComparison.Ordinal) ? 1 : 0;
            if (digits.Length == start) throw NoToken(word);
            for (var index = start; index < digits.Length; index++)
                if (digits[index] < '0' || digits[index] > '9') throw NoToken(word);
            if (digits.Length - start > WholeNumber.MostDigits) throw Unreadable("a number has more than " + WholeNumber.MostDigits + " digits");
            return WholeNumber.Parse(digits);
        }

        static string ReadText(string word, byte[] bytes)
        {
            try
            {
                return Utf8.Decode(bytes, 0, bytes.Length);
            }
            catch (ArgumentException)
            {
                throw NoToken(word);
            }
        }

        Collection ReadCollection(CollectionKind kind, string word, string text, int depth)
        {
            long count;
            // Each part takes a word at least, so nobody can ask for memory for more parts than there are words.
            if (!Number.TryParse(text, 0, words.Length - place, out count)) throw Unreadable("\"" + Shown(word) + "\" has no number of parts, or more than follow");
            if (kind == CollectionKind.Map) count *= 2;
            if (count > words.Length - place) throw Unreadable("\"" + Shown(word) + "\" announces more parts than follow");
            var items = new List<object>((int)count);
            for (; count > 0; count--) items.Add(Next(depth + 1));
            return new Collection(kind, items);
        }

        static ulong BigEndian(byte[] bytes)
        {
            ulong number = 0;
            foreach (var octet in bytes) number = number << 8 | octet;
            return number;
        }

        static string Shown(string word) { return word.Length > 60 ? word.Substring(0, 60) : word; }

        static Fault NoToken(string word) { return Unreadable("\"" + Shown(word) + "\" is no token such as int:-12, text:68c3a9 or list:2"); }

        static Fault Unreadable(string reason) { return Fault.Usage("The value cannot be read: " + reason + ". Write tokens in prefix order."); }
    }

    sealed class TokenWriter
    {
        readonly StringBuilder text = new StringBuilder();
        readonly int longest;

        public TokenWriter(int longest) { this.longest = longest; }

        public override string ToString() { return text.ToString(); }

        public void Write(object value)
        {
            var collection = value as Collection;
            var inert = value as Inert;
            if (collection != null) WriteCollection(collection);
            else if (inert != null)
            {
                Add("object:", Utf8.Encode(inert.Name));
                Write(inert.Arguments);
                Write(inert.Contents);
            }
            else if (value == null) Add("null");
            else if (value is bool) Add((bool)value ? "true" : "false");
            else if (value is BigInteger) Add("int:" + WholeNumber.Write((BigInteger)value));
            else if (value is double) Add("f64:" + BitConverter.DoubleToInt64Bits((double)value).ToString("x16"));
            else if (value is string)
            {
                CheckRoom(2 * (long)((string)value).Length); // Before it is copied.
                Add("text:", Utf8.Encode((string)value));
            }
            else if (value is byte[]) Add("bytes:", (byte[])value);
            else Add("bytearray:", ((ByteArray)value).Content);
        }

        void WriteCollection(Collection collection)
        {
            var isMap = collection.Kind == CollectionKind.Map;
            Add(Tokens.Collections[(int)collection.Kind] + ":" + collection.Items.Count / (isMap ? 2 : 1));
            foreach (var item in collection.Items) Write(item);
        }

        void Add(string kind, byte[] content)
        {
            CheckRoom(kind.Length + 2 * (long)content.Length);
            Add(kind + Hex.Encode(new ArraySegment<byte>(content)));
        }

        // At every word: a list that stands in a pickle many times takes few bytes there, and here grows to any size.
        void Add(string word)
        {
            CheckRoom(word.Length);
            if (text.Length > 0) text.Append(',');
            text.Append(word);
        }

        void CheckRoom(long length) { if (text.Length + 1 + length > longest + (text.Length == 0 ? 1 : 0)) throw Tokens.TooLong(longest); }
    }
}
