using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Parley
{
    static class Number
    {
        /// <summary>The number that is the value of a key. Throws `usage`.</summary>
        public static int Of(Dictionary<string, string> values, string key, int smallest, int largest)
        {
            long number;
            if (!TryParse(values[key], smallest, largest, out number)) throw Fault.Usage("The value of " + key + " is a whole number from " + smallest + " to " + largest + ".");
            return (int)number;
        }

        /// <summary>Digits without a leading zero and nothing else: int.TryParse takes blanks and a sign too, and what they are is a matter of culture.</summary>
        public static bool TryParse(string text, long smallest, long largest, out long number)
        {
            number = 0;
            return text.Length <= 10 && (text.Length == 1 || !text.StartsWith("0", StringComparison.Ordinal)) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= smallest && number <= largest;
        }
    }

    static class Hex
    {
        const string Digits = "0123456789abcdef";

        public static string Encode(ArraySegment<byte> bytes)
        {
            var text = new char[2 * bytes.Count];
            for (var index = 0; index < bytes.Count; index++)
            {
                var octet = bytes.Array[bytes.Offset + index];
                text[2 * index] = Digits[octet >> 4];
                text[2 * index + 1] = Digits[octet & 15];
            }
            return new string(text);
        }

        public static byte[] Decode(string text)
        {
            var bytes = TryDecode(text);
            if (bytes == null) throw Fault.Usage("The payload is not lower-case hexadecimal with two digits a byte.");
            return bytes;
        }

        /// <summary>The bytes, or null for what is no lower-case hexadecimal.</summary>
        public static byte[] TryDecode(string text)
        {
            if (text.Length % 2 != 0) return null;
            var bytes = new byte[text.Length / 2];
            for (var index = 0; index < text.Length; index++)
            {
                var digit = Value(text[index]);
                if (digit < 0) return null;
                bytes[index / 2] = (byte)(bytes[index / 2] << 4 | digit);
            }
            return bytes;
        }

        public static int Value(char digit)
        {
            return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
        }
    }

    static class Line
    {
        public const int Longest = 262144; // Of a command or reply in bytes, its line feed not counted.
        public const int LargestPayload = (Longest - 11 /* ok payload= */) / 2;
        public const int LongestValue = Longest - 9 /* ok value= */;
        const string PlainPunctuation = "_.-/:,@+~";
        static readonly Encoding strictUtf8 = new UTF8Encoding(false, true);

        static bool IsPlain(int letter)
        {
            return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')
                || PlainPunctuation.IndexOf((char)letter) >= 0;
        }

        static bool IsName(string text)
        {
            return text.Length > 0 && text.All(letter => (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-');
        }

        /// <summary>Takes a command without its line feed apart into its verb and the values of its keys.</summary>
        public static string Parse(string line, Dictionary<string, string> values)
        {
            var words = line.Split(' ');
            if (!IsName(words[0])) throw Fault.Usage("The line does not begin with a verb: a command is VERB KEY=VALUE ... and ends with LF alone.");
            foreach (var word in words.Skip(1))
            {
                var equals = word.IndexOf('=');
                if (equals < 0 || !IsName(word.Substring(0, equals))) throw Fault.Usage("After a space there must be KEY=VALUE.");
                var key = word.Substring(0, equals);
                if (values.ContainsKey(key)) throw Fault.Usage("The key \"" + key + "\" is there twice: give it once.");
                values.Add(key, Decode(word.Substring(equals + 1)));
            }
            return words[0];
        }

        static string Decode(string value)
        {
            if (value.All(letter => IsPlain(letter))) return value;
            var bytes = new List<byte>();
            for (var index = 0; index < value.Length; index++)
            {
                if (IsPlain(value[index]))
                {
                    bytes.Add((byte)value[index]);
                    continue;
                }
                int high = -1, low = -1;
                if (value[index] == '%' && value.Length - index > 2)
                {
                    high = Hex.Value(char.ToLowerInvariant(value[index + 1]));
                    low = Hex.Value(char.ToLowerInvariant(value[index + 2]));
                }
                if (high < 0 || low < 0) throw Fault.Usage("The line has the byte 0x" + ((int)value[index]).ToString("x2") + " in a value: write such a byte as %XX.");
                bytes.Add((byte)(high << 4 | low));
                index += 2;
            }
            try
            {
                // Strict: a path with U+FFFD for what it does not understand would be another path.
                return strictUtf8.GetString(bytes.ToArray());
            }
            catch (ArgumentException)
            {
                throw Fault.Usage("A value is not UTF-8, and in .NET all text is: choose another path.");
            }
        }

        public static string Encode(string text)
        {
            var encoded = new StringBuilder();
            foreach (var octet in Encoding.UTF8.GetBytes(text)) encoded.Append(IsPlain(octet) ? ((char)octet).ToString() : "%" + octet.ToString("X2"));
            return encoded.ToString();
        }
    }
}
