using System;
using System.Collections.Generic;

namespace Parley
{
    /// <summary>A format of Python's struct: a byte order, and characters with counts before them.</summary>
    sealed class StructFormat
    {
        /// <summary>So many fields of one character, which lie one behind the other.</summary>
        public struct Run
        {
            public char Code;
            public int Offset, Size, Count; // The size of one; s and p are one field, however long.
        }

        // The machine's sizes are those of x86-64 and of AArch64, where each number is aligned to its own size. Without P, an address.
        const string Codes = "xcbB?hHiIlLqQnNefdsp";
        static readonly int[] standardSizes = { 1, 1, 1, 1, 1, 2, 2, 4, 4, 4, 4, 8, 8, 0, 0, 2, 4, 8, 1, 1 };
        static readonly int[] machineSizes = { 1, 1, 1, 1, 1, 2, 2, 4, 4, 8, 8, 8, 8, 8, 8, 2, 4, 8, 1, 1 };

        public readonly bool IsBigEndian;
        public readonly int Size, ValueCount;
        public readonly List<Run> Runs = new List<Run>(); // Without x.

        /// <summary>Throws `usage` for what Python's struct does not have.</summary>
        public StructFormat(string text)
        {
            long size = 0, values = 0;
            var index = text.Length > 0 && "@=<>!".IndexOf(text[0]) >= 0 ? 1 : 0;
            var isMachines = index == 0 || text[0] == '@';
            IsBigEndian = index > 0 && (text[0] == '>' || text[0] == '!') || (isMachines || text[0] == '=') && !BitConverter.IsLittleEndian;
            while (index < text.Length)
            {
                if (" \t\n\r\v\f".IndexOf(text[index]) >= 0)
                {
                    index++;
                    continue;
                }
                long count = 0;
                var start = index;
                for (; index < text.Length && text[index] >= '0' && text[index] <= '9'; index++) count = Bounded(10 * count + text[index] - '0', text);
                if (index == start) count = 1;
                var kind = index < text.Length ? Codes.IndexOf(text[index]) : -1;
                var each = kind < 0 ? 0 : (isMachines ? machineSizes : standardSizes)[kind];
                if (each == 0) throw NoFormat(text);
                if (isMachines) size = (size + each - 1) / each * each;
                var run = new Run { Code = text[index++], Offset = (int)Bounded(size, text), Size = each, Count = (int)count };
                size = Bounded(size + each * count, text);
                if (run.Code == 's' || run.Code == 'p')
                {
                    run.Size = run.Count;
                    run.Count = 1;
                }
                if (run.Code == 'x' || run.Count == 0) continue;
                values += run.Count;
                Runs.Add(run);
            }
            Size = (int)size;
            ValueCount = (int)Bounded(values, text);
        }

        static long Bounded(long number, string text)
        {
            if (number > int.MaxValue) throw NoFormat(text);
            return number;
        }

        static Fault NoFormat(string text)
        {
            return Fault.Usage("\"" + (text.Length > 60 ? text.Substring(0, 60) : text) + "\" is no format of struct, or one of P or of more than 2 GiB: write one as <iqd.");
        }
    }
}
