using System;
using System.Globalization;
using System.Numerics;

namespace Parley
{
    /// <summary>Doubles in decimal, to the bit.</summary>
    /// <remarks>
    /// The class library is not to be relied on. Mono's "R" does not always read back, its Parse throws for what is too large and forgets
    /// the sign of -0.0, and neither Mono's nor .NET Core 3.1's Parse rounds 9007199254740993.0 and its like as IEEE 754 has it.
    /// </remarks>
    static class Decimals
    {
        const long Infinity = 0x7ff0000000000000;
        const int MostDigits = 800; // Between two neighbouring doubles lies no number that needs more than 768.

        /// <summary>The shortest of two forms that reads back, with a point or an exponent.</summary>
        public static string Write(double number)
        {
            if (number == 0) return BitConverter.DoubleToInt64Bits(number) < 0 ? "-0.0" : "0.0";
            var text = number.ToString("R", CultureInfo.InvariantCulture);
            if (Read(text) != number) text = number.ToString("G17", CultureInfo.InvariantCulture);
            return text.IndexOfAny(new[] { '.', 'E' }) >= 0 ? text : text + ".0";
        }

        /// <summary>Reads [sign]digits[.digits][e[sign]digits], which must be checked before. Too large is infinite.</summary>
        public static double Read(string text)
        {
            var mark = text.IndexOfAny(new[] { 'e', 'E' });
            var mantissa = (mark < 0 ? text : text.Substring(0, mark)).TrimStart('+', '-');
            var point = mantissa.IndexOf('.');
            var fractionDigits = point < 0 ? 0 : mantissa.Length - point - 1;
            var digits = mantissa.Replace(".", "").TrimStart('0');
            var exponent = (mark < 0 ? 0 : ExponentOf(text.Substring(mark + 1))) - fractionDigits;
            if (digits.Length > MostDigits)
            {
                exponent += digits.Length - MostDigits - 1;
                // One more digit stands for all the others: the number is no tie.
                digits = digits.Substring(0, MostDigits) + (digits.Substring(MostDigits).Trim('0') == "" ? "0" : "1");
            }
            var bits = digits == "" ? 0 : BitsOf(digits, exponent);
            return BitConverter.Int64BitsToDouble(text[0] == '-' ? bits | long.MinValue : bits);
        }

        static long ExponentOf(string text)
        {
            var digits = text.TrimStart('+', '-').TrimStart('0');
            // So many decimal places no message has.
            var exponent = digits.Length > 12 ? 1000000000000 : digits == "" ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            return text[0] == '-' ? -exponent : exponent;
        }

        /// <summary>The double that is nearest to digits * 10^exponent; of two, the even one.</summary>
        static long BitsOf(string digits, long exponent)
        {
            if (digits.Length + exponent > 310) return Infinity;
            if (digits.Length + exponent < -330) return 0;
            BigInteger dividend = WholeNumber.Parse(digits), divisor = 1;
            if (exponent >= 0) dividend *= BigInteger.Pow(10, (int)exponent);
            else divisor = BigInteger.Pow(10, (int)-exponent);
            // A quotient of 54 or 55 bits, and behind it a bit that says whether there is a rest.
            var scale = WholeNumber.BitsOf(dividend) - WholeNumber.BitsOf(divisor) - 54;
            if (scale > 0) divisor <<= scale;
            else dividend <<= -scale;
            BigInteger rest;
            var quotient = (ulong)BigInteger.DivRem(dividend, divisor, out rest) << 1 | (rest.IsZero ? 0ul : 1);
            scale--;
            // The last place of a double is worth 2^-1074 at least.
            var dropped = Math.Max(quotient >> 55 == 0 ? 2 : 3, -1074 - scale);
            if (dropped > 59) return 0;
            var kept = quotient >> dropped;
            ulong lost = quotient & ((1ul << dropped) - 1), half = 1ul << dropped - 1;
            if (lost > half || (lost == half && kept % 2 != 0)) kept++;
            scale += dropped;
            if (scale > 971) return Infinity;
            // Added and not joined: a mantissa that has been rounded up to 2^53 carries over into the exponent, as it should.
            return kept < 1ul << 52 ? (long)kept : ((long)(scale + 1074) << 52) + (long)kept;
        }
    }
}
