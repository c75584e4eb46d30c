using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Parley
{
    /// <summary>The bytes of a pickle from front to back. Each length is compared with what is left before memory is taken for it.</summary>
    sealed class PickleInput
    {
        readonly byte[] bytes;
        readonly int end;
        int place;

        public PickleInput(ArraySegment<byte> message)
        {
            bytes = message.Array;
            place = message.Offset;
            end = message.Offset + message.Count;
        }

        public int Left { get { return end - place; } }

        public byte Byte()
        {
            if (place == end) throw Malformed("it ends too early");
            return bytes[place++];
        }

        /// <summary>A number without a sign, the lowest byte first.</summary>
        public ulong Number(int size)
        {
            ulong number = 0;
            for (var index = 0; index < size; index++) number |= (ulong)Byte() << 8 * index;
            return number;
        }

        int Skip(ulong length)
        {
            if (length > (ulong)Left) throw Malformed("it ends inside a part");
            var start = place;
            place += (int)length;
            return start;
        }

        public byte[] Bytes(ulong length)
        {
            var start = Skip(length);
            var copy = new byte[length];
            Buffer.BlockCopy(bytes, start, copy, 0, copy.Length);
            return copy;
        }

        public string Text(ulong length)
        {
            var start = Skip(length);
            try
            {
                return Utf8.Decode(bytes, start, (int)length);
            }
            catch (ArgumentException)
            {
                throw Malformed("a text is no UTF-8; half a surrogate pair is none");
            }
        }

        /// <summary>A length of four bytes that Python counts with a sign.</summary>
        public ulong SignedLength()
        {
            var length = Number(4);
            if (length > int.MaxValue) throw Malformed("a length is negative");
            return length;
        }

        public double BigEndianDouble()
        {
            long bits = 0;
            for (var index = 0; index < 8; index++) bits = bits << 8 | Byte();
            return BitConverter.Int64BitsToDouble(bits);
        }

        public BigInteger LongNumber(ulong length)
        {
            if (length > (ulong)Left) throw Malformed("it ends inside a number");
            if (length > WholeNumber.MostBytes) throw WholeNumber.TooManyDigits();
            return length == 0 ? BigInteger.Zero : WholeNumber.Checked(new BigInteger(Bytes(length)));
        }

        // What protocol 0 has in lines.

        /// <summary>The bytes up to a line feed, as characters of the same numbers.</summary>
        public string Line()
        {
            var lineFeed = Array.IndexOf(bytes, (byte)'\n', place, Left);
            if (lineFeed < 0) throw Malformed("it ends inside a line");
            var line = Latin1.GetString(bytes, place, lineFeed - place);
            place = lineFeed + 1;
            return line;
        }

        public string NameLine()
        {
            var line = Latin1.GetBytes(Line());
            try
            {
                return Utf8.Decode(line, 0, line.Length);
            }
            catch (ArgumentException)
            {
                throw Malformed("a name is no text");
            }
        }

        /// <summary>A whole number in decimal, and with `hasTruth` also a truth value: a number never has a zero in front.</summary>
        public object DecimalLine(bool hasTruth)
        {
            var line = Line();
            if (hasTruth && (line == "00" || line == "01")) return line == "01";
            if (line.EndsWith("L", StringComparison.Ordinal)) line = line.Substring(0, line.Length - 1);
            var digits = line.StartsWith("-", StringComparison.Ordinal) ? line.Substring(1) : line;
            if (digits == "" || !IsMadeOf(digits, "0123456789")) throw Malformed("a number has no digits, or others");
            if (digits.Length > WholeNumber.MostDigits) throw WholeNumber.TooManyDigits(); // Before the work.
            return WholeNumber.Parse(line);
        }

        public int IndexLine()
        {
            var line = Line();
            int index;
            if (!IsMadeOf(line, "0123456789") || !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out index)) throw Malformed("the number of a memo entry is none");
            return index;
        }

        public double FloatLine()
        {
            var line = Line();
            switch (line)
            {
                case "inf": return double.PositiveInfinity;
                case "-inf": return double.NegativeInfinity;
                case "nan": case "-nan": return double.NaN;
            }
            double ignored;
            if (line.Length > WholeNumber.MostDigits || !IsMadeOf(line, "0123456789+-.eE") || !TryFloat(line, out ignored)) throw Malformed("a line is no floating-point number");
            return Decimals.Read(line);
        }

        /// <summary>Whether the form is right. Mono throws for a number beyond every double, and only for that.</summary>
        static bool TryFloat(string line, out double number)
        {
            return double.TryParse(line.Split('e', 'E')[0], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
                && (line.IndexOfAny(new[] { 'e', 'E' }) < 0 || IsExponent(line.Substring(line.IndexOfAny(new[] { 'e', 'E' }) + 1)));
        }

        static bool IsExponent(string text)
        {
            var digits = text.StartsWith("+", StringComparison.Ordinal) || text.StartsWith("-", StringComparison.Ordinal) ? text.Substring(1) : text;
            return digits != "" && IsMadeOf(digits, "0123456789");
        }

        static bool IsMadeOf(string text, string letters)
        {
            foreach (var letter in text)
                if (letters.IndexOf(letter) < 0) return false;
            return true;
        }

        /// <summary>A text in which \uXXXX and \UXXXXXXXX stand for characters, and nothing else is escaped.</summary>
        public string UnicodeLine()
        {
            var line = Line();
            var text = new StringBuilder(line.Length);
            for (var index = 0; index < line.Length; index++)
            {
                if (line[index] != '\\' || index + 1 == line.Length)
                {
                    text.Append(line[index]);
                    continue;
                }
                var size = line[index + 1] == 'u' ? 4 : line[index + 1] == 'U' ? 8 : 0;
                if (size == 0)
                {
                    // With its successor, as two backslashes do not escape a third.
                    text.Append(line, index, line[index + 1] == '\\' ? 2 : 1);
                    if (line[index + 1] == '\\') index++;
                    continue;
                }
                var code = CodeOf(line, index + 2, size);
                if (code < 0x10000) text.Append((char)code);
                else text.Append(char.ConvertFromUtf32(code));
                index += 1 + size;
            }
            if (Utf8.HasLoneSurrogate(text.ToString())) throw Malformed("a text has half a surrogate pair");
            return text.ToString();
        }

        /// <summary>A byte string of Python 2 in quotation marks, with the escapes of its source text.</summary>
        public byte[] QuotedLine()
        {
            const string letters = "\\'\"abfnrtv", meanings = "\\'\"\a\b\f\n\r\t\v";
            var line = Line().TrimEnd(' ');
            if (line.Length < 2 || (line[0] != '\'' && line[0] != '"') || line[line.Length - 1] != line[0]) throw Malformed("a byte string has no quotation marks");
            var content = new List<byte>(line.Length);
            for (var index = 1; index < line.Length - 1; index++)
            {
                if (line[index] != '\\')
                {
                    content.Add((byte)line[index]);
                    continue;
                }
                if (++index == line.Length - 1) throw Malformed("a byte string ends with a backslash");
                var known = letters.IndexOf(line[index]);
                if (known >= 0) content.Add((byte)meanings[known]);
                else if (line[index] == 'x')
                {
                    content.Add((byte)CodeOf(line, index + 1, 2));
                    index += 2;
                }
                else if (line[index] >= '0' && line[index] <= '7')
                {
                    var code = 0;
                    for (var count = 0; count < 3 && line[index] >= '0' && line[index] <= '7'; count++) code = code << 3 | line[index++] - '0';
                    index--;
                    content.Add((byte)code);
                }
                else
                {
                    content.Add((byte)'\\');
                    content.Add((byte)line[index]);
                }
            }
            return content.ToArray();
        }

        int CodeOf(string line, int start, int size)
        {
            var code = 0L;
            for (var index = start; index < start + size; index++)
            {
                var digit = index < line.Length ? Hex.Value(char.ToLowerInvariant(line[index])) : -1;
                if (digit < 0) throw Malformed("an escape has too few digits");
                code = 16 * code + digit;
            }
            if (code > 0x10ffff || (size == 8 && code >= 0xd800 && code < 0xe000)) throw Malformed("an escape stands for no character");
            return (int)code;
        }

        static Encoding Latin1 { get { return Encoding.GetEncoding(28591); } }

        public Fault Malformed(string reason) { return new Fault("malformed", "The pickle cannot be read up to " + Left + " bytes before its end: " + reason + ". Pickle plain data."); }
    }
}
