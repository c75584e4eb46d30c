using System;
using System.Collections.Generic;
using System.Numerics;
using System.Text;

namespace Parley
{
    /// <summary>JSON as RFC 8259 has it. .NET has System.Text.Json; Mono has no parser that keeps whole numbers whole.</summary>
    sealed class JsonCodec : Codec
    {
        public override byte[] Encode(object value, string format, int limit)
        {
            var text = new StringBuilder();
            Write(text, value);
            return Utf8.Encode(text.ToString());
        }

        public override object Decode(ArraySegment<byte> message, string format, int longest) { return new JsonReader(message, longest).Read(); }

        static void Write(StringBuilder text, object value)
        {
            var collection = value as Collection;
            if (collection != null && collection.Kind == CollectionKind.List)
            {
                text.Append('[');
                for (var index = 0; index < collection.Items.Count; index++)
                {
                    if (index > 0) text.Append(',');
                    Write(text, collection.Items[index]);
                }
                text.Append(']');
            }
            else if (collection != null && collection.Kind == CollectionKind.Map) WriteObject(text, collection.Items);
            else if (value == null) text.Append("null");
            else if (value is bool) text.Append((bool)value ? "true" : "false");
            else if (value is BigInteger) text.Append(WholeNumber.Write((BigInteger)value));
            else if (value is string) WriteText(text, (string)value);
            else if (value is double && !double.IsNaN((double)value) && !double.IsInfinity((double)value)) text.Append(Decimals.Write((double)value));
            else throw new Fault("malformed", "JSON has no number that is not finite, and no bytes, tuples, sets or objects: send another value, or use pickle.");
        }

        static void WriteObject(StringBuilder text, List<object> items)
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            text.Append('{');
            for (var index = 0; index < items.Count; index += 2)
            {
                var name = items[index] as string;
                if (name == null || !names.Add(name)) throw new Fault("malformed", "The names of a JSON object are different texts: send another map, or use pickle.");
                if (index > 0) text.Append(',');
                WriteText(text, name);
                text.Append(':');
                Write(text, items[index + 1]);
            }
            text.Append('}');
        }

        static void WriteText(StringBuilder text, string content)
        {
            const string escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
            text.Append('"');
            foreach (var letter in content)
            {
                var index = escaped.IndexOf(letter);
                if (index >= 0) text.Append('\\').Append(letters[index]);
                else if (letter < ' ') text.Append("\\u").Append(((int)letter).ToString("x4"));
                else text.Append(letter);
            }
            text.Append('"');
        }
    }

    /// <summary>Reads one JSON text and nothing behind it. Each part spends what it takes in a reply, before it is built.</summary>
    sealed class JsonReader
    {
        readonly byte[] bytes;
        readonly int end, longest;
        int place, left;

        public JsonReader(ArraySegment<byte> message, int longest)
        {
            bytes = message.Array;
            place = message.Offset;
            end = message.Offset + message.Count;
            this.longest = longest;
            left = longest + 1; // The first token has no comma before it.
        }

        public object Read()
        {
            var value = Value(0);
            SkipBlanks();
            if (place < end) throw Malformed("there is something behind the value");
            return value;
        }

        object Value(int depth)
        {
            if (depth > Tokens.Deepest) throw Malformed("it is nested deeper than " + Tokens.Deepest);
            SkipBlanks();
            switch (Peek())
            {
                case '{': return Object(depth);
                case '[': return Array(depth);
                case '"': return Text();
                case 'n': Expect("null"); return null;
                case 't': Expect("true"); return true;
                case 'f': Expect("false"); return false;
                default: return NumberHere();
            }
        }

        object Array(int depth)
        {
            place++;
            Spend(Tokens.Shortest);
            var items = new List<object>();
            if (!Takes(']'))
            {
                do items.Add(Value(depth + 1)); while (Takes(','));
                if (!Takes(']')) throw Malformed("a list has no end, or no comma");
            }
            return new Collection(CollectionKind.List, items);
        }

        object Object(int depth)
        {
            place++;
            Spend(Tokens.Shortest);
            var items = new List<object>();
            if (Takes('}')) return new Collection(CollectionKind.Map, items);
            // Sorted and not hashed: Mono's hashes of texts are no secret, and who knows them can make all names collide.
            var names = new SortedSet<string>(StringComparer.Ordinal);
            do
            {
                SkipBlanks();
                if (Peek() != '"') throw Malformed("a name has no quotation marks");
                var name = Text();
                if (!names.Add(name)) throw Malformed("a name stands twice in an object");
                if (!Takes(':')) throw Malformed("a name has no colon");
                items.Add(name);
                items.Add(Value(depth + 1));
            }
            while (Takes(','));
            if (!Takes('}')) throw Malformed("an object has no end, or no comma");
            return new Collection(CollectionKind.Map, items);
        }

        string Text()
        {
            var start = ++place;
            while (place < end && bytes[place] != '"' && bytes[place] != '\\' && bytes[place] >= ' ') place++;
            string text;
            if (Peek() == '"') text = Decoded(start);
            else
            {
                var pieces = new StringBuilder(Decoded(start));
                while (Peek() != '"')
                {
                    if (Peek() != '\\') throw Malformed("a text has a control character, or no end");
                    pieces.Append(Escape());
                    start = place;
                    while (place < end && bytes[place] != '"' && bytes[place] != '\\' && bytes[place] >= ' ') place++;
                    pieces.Append(Decoded(start));
                }
                text = pieces.ToString();
                if (Utf8.HasLoneSurrogate(text)) throw Malformed("a text has half a surrogate pair");
            }
            place++;
            Spend("text:,".Length + 2 * (long)Utf8.CountOf(text));
            return text;
        }

        string Decoded(int start)
        {
            try
            {
                return Utf8.Decode(bytes, start, place - start);
            }
            catch (ArgumentException)
            {
                throw Malformed("a text is no UTF-8");
            }
        }

        char Escape()
        {
            const string letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
            place++;
            var letter = Peek();
            place++;
            if (letter != 'u')
            {
                var index = letters.IndexOf(letter);
                if (index < 0) throw Malformed("a text has an unknown escape");
                return meanings[index];
            }
            var code = 0;
            for (var count = 0; count < 4; count++, place++)
            {
                var digit = Hex.Value(char.ToLowerInvariant(Peek()));
                if (digit < 0) throw Malformed("an escape has no four digits");
                code = code << 4 | digit;
            }
            return (char)code;
        }

        object NumberHere()
        {
            var start = place;
            if (Peek() == '-') place++;
            if (Peek() == '0') place++;
            else if (SkipDigits() == 0) throw Malformed("there is no value where one must be");
            var isWhole = true;
            if (Peek() == '.')
            {
                place++;
                isWhole = false;
                if (SkipDigits() == 0) throw Malformed("a number has no digits behind its point");
            }
            if (Peek() == 'e' || Peek() == 'E')
            {
                place++;
                isWhole = false;
                if (Peek() == '+' || Peek() == '-') place++;
                if (SkipDigits() == 0) throw Malformed("a number has an exponent without digits");
            }
            var text = Encoding.ASCII.GetString(bytes, start, place - start);
            if (!isWhole)
            {
                Spend("f64:0123456789abcdef,".Length);
                var number = Decimals.Read(text);
                if (double.IsInfinity(number)) throw Malformed("a number is beyond every double");
                return number;
            }
            if (text.TrimStart('-').Length > WholeNumber.MostDigits) throw WholeNumber.TooManyDigits(); // Before the work.
            Spend("int:,".Length + text.Length - (text == "-0" ? 1 : 0));
            return WholeNumber.Parse(text);
        }

        int SkipDigits()
        {
            var start = place;
            while (place < end && bytes[place] >= '0' && bytes[place] <= '9') place++;
            return place - start;
        }

        void SkipBlanks() { while (place < end && (bytes[place] == ' ' || bytes[place] == '\t' || bytes[place] == '\n' || bytes[place] == '\r')) place++; }

        bool Takes(char mark)
        {
            SkipBlanks();
            if (Peek() != mark) return false;
            place++;
            return true;
        }

        void Expect(string word)
        {
            foreach (var letter in word)
            {
                if (Peek() != letter) throw Malformed("there is no value where one must be");
                place++;
            }
            Spend(word.Length + 1);
        }

        /// <summary>The next byte, and NUL at the end: it means nothing in JSON.</summary>
        char Peek() { return place < end ? (char)bytes[place] : '\0'; }

        void Spend(long characters)
        {
            if (characters > left) throw Tokens.TooLong(longest);
            left -= (int)characters;
        }

        Fault Malformed(string reason) { return new Fault("malformed", "The message is no JSON at its byte " + place + ": " + reason + ". Look at what its sender writes."); }
    }
}
