using System;
using System.Linq;
using System.Runtime.InteropServices;

namespace Parley
{
    /// <summary>The records of ../vectors/layouts.yml as the marshaller lays them out: what a peer sees in shared memory or gets from P/Invoke.</summary>
    /// <remarks>
    /// Sequential layout has the gaps of a C compiler and Pack = 1 has none. The default for a bool is Windows' BOOL of four bytes, so say
    /// which one is meant; a char is one byte or two, depending on CharSet. sizeof(T) is the size inside the runtime and may differ.
    /// </remarks>
    static class Layouts
    {
#pragma warning disable 169, 649 // Nobody assigns the fields: only their places matter.
        [StructLayout(LayoutKind.Sequential)] struct Mixed { public byte a; public uint b; public byte c; public double d; public short e; }

        [StructLayout(LayoutKind.Sequential, Pack = 1)] struct MixedPacked { public byte a; public uint b; public byte c; public double d; public short e; }

        [StructLayout(LayoutKind.Sequential)]
        struct Arrays
        {
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public byte[] tag;
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 2)] public uint[] values;
            [MarshalAs(UnmanagedType.ByValArray, SizeConst = 5)] public byte[] name;
        }

        [StructLayout(LayoutKind.Sequential)]
        struct Bools
        {
            [MarshalAs(UnmanagedType.I1)] public bool first;
            public int count;
            [MarshalAs(UnmanagedType.I1)] public bool second;
            [MarshalAs(UnmanagedType.I1)] public bool third;
        }

        [StructLayout(LayoutKind.Sequential)] struct Point { public float x, y; }

        [StructLayout(LayoutKind.Sequential)] struct Nested { public byte id; public Point position; public Mixed detail; public byte last; }

        // The class library does not tell an alignment. It is the gap that a record needs after one byte.
        [StructLayout(LayoutKind.Sequential)] struct AfterByte1 { public byte first; public Mixed record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte2 { public byte first; public MixedPacked record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte3 { public byte first; public Arrays record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte4 { public byte first; public Bools record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte5 { public byte first; public Point record; }
        [StructLayout(LayoutKind.Sequential)] struct AfterByte6 { public byte first; public Nested record; }
#pragma warning restore 169, 649

        /// <summary>A record and its fields in their order, which reflection does not promise.</summary>
        public static string Describe(string record)
        {
            switch (record)
            {
                case "mixed": return Describe(typeof(Mixed), typeof(AfterByte1), "a", "b", "c", "d", "e");
                case "mixed-packed": return Describe(typeof(MixedPacked), typeof(AfterByte2), "a", "b", "c", "d", "e");
                case "arrays": return Describe(typeof(Arrays), typeof(AfterByte3), "tag", "values", "name");
                case "bools": return Describe(typeof(Bools), typeof(AfterByte4), "first", "count", "second", "third");
                case "point": return Describe(typeof(Point), typeof(AfterByte5), "x", "y");
                case "nested": return Describe(typeof(Nested), typeof(AfterByte6), "id", "position", "detail", "last");
                default: throw Fault.Unsupported("There is no record \"" + record + "\" here: interop/vectors/layouts.yml lists them.");
            }
        }

        static string Describe(Type record, Type afterByte, params string[] fields)
        {
            var offsets = fields.Select(field => field + ":" + Marshal.OffsetOf(record, field));
            return " size=" + Marshal.SizeOf(record) + " alignment=" + Marshal.OffsetOf(afterByte, "record") + " offsets=" + string.Join(",", offsets);
        }
    }
}
