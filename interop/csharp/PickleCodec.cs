using System;
using System.IO;
using System.Collections.Generic;
using System.Numerics;
using System.Text;

namespace Parley
{
    /// <summary>Python's pickle for plain data. It writes protocol 2, which every Python from 2.3 on reads, without memo.</summary>
    sealed class PickleCodec : Codec
    {
        const byte Stop = (byte)'.';
        static readonly byte[] start = { 0x80, 2 };

        public override byte[] Encode(object value, string format, int limit) { return Encode(value); }

        public override object Decode(ArraySegment<byte> message, string format, int longest) { return new PickleReader(message, longest).Read(); }

        static byte[] Encode(object value)
        {
            var output = new MemoryStream();
            output.Write(start, 0, start.Length);
            new PickleWriter(output).Write(value);
            output.WriteByte(Stop);
            return output.ToArray();
        }

        // A body is what stands for a value between the ends of a pickle, or inside another: ours have no memo.

        public static ArraySegment<byte> BodyOf(object value)
        {
            var output = new MemoryStream();
            new PickleWriter(output).Write(value);
            return new ArraySegment<byte>(output.GetBuffer(), 0, (int)output.Length);
        }

        public static object OfBody(byte[] body, int longest)
        {
            var pickle = new byte[body.Length + 1];
            Buffer.BlockCopy(body, 0, pickle, 0, body.Length);
            pickle[body.Length] = Stop;
            return new PickleReader(new ArraySegment<byte>(pickle), longest).Read();
        }

        /// <summary>The pickle of a pair.</summary>
        public static ArraySegment<byte> PairOf(string first, ArraySegment<byte> secondBody)
        {
            var output = new MemoryStream(secondBody.Count + 64);
            output.Write(start, 0, start.Length);
            new PickleWriter(output).Write(first);
            output.Write(secondBody.Array, secondBody.Offset, secondBody.Count);
            output.WriteByte(0x86);
            output.WriteByte(Stop);
            return new ArraySegment<byte>(output.GetBuffer(), 0, (int)output.Length);
        }
    }

    sealed class PickleWriter
    {
        static readonly BigInteger smallest = int.MinValue, largest = int.MaxValue;

        readonly MemoryStream output;
        readonly Sameness sameness = new Sameness();

        public PickleWriter(MemoryStream output) { this.output = output; }

        /// <summary>What stands for a value between other parts of a pickle.</summary>
        public void Write(object value)
        {
            if (value == null) Put('N');
            else if (value is bool) Put((bool)value ? '\x88' : '\x89');
            else if (value is BigInteger) Write((BigInteger)value);
            else if (value is double) Write((double)value);
            else if (value is string) Write((string)value);
            // Python 2 has no other way to write bytes; a Python 3 that reads it gets bytes, and no text.
            else if (value is byte[]) WriteLatin1((byte[])value, "c_codecs\nencode\n", "latin1");
            else if (value is ByteArray) WriteLatin1(((ByteArray)value).Content, "c__builtin__\nbytearray\n", "latin-1");
            else if (value is Collection) Write((Collection)value);
            else throw new Fault("malformed", "pickle carries plain data, and neither f32 nor object: send another value.");
        }

        void Write(BigInteger number)
        {
            if (number >= smallest && number <= largest)
            {
                var small = (int)number;
                var size = small >= 0 && small < 0x100 ? 1 : small >= 0 && small < 0x10000 ? 2 : 4;
                Put(size == 1 ? 'K' : size == 2 ? 'M' : 'J');
                PutNumber((uint)small, size);
                return;
            }
            var bytes = number.ToByteArray(); // Two's complement, the last byte with the sign, as Python has it.
            Put(bytes.Length < 256 ? '\x8a' : '\x8b');
            PutNumber((uint)bytes.Length, bytes.Length < 256 ? 1 : 4);
            output.Write(bytes, 0, bytes.Length);
        }

        void Write(double number)
        {
            var bits = BitConverter.DoubleToInt64Bits(number);
            Put('G');
            for (var shift = 56; shift >= 0; shift -= 8) output.WriteByte((byte)(bits >> shift)); // The only big-endian number.
        }

        void Write(string text)
        {
            var bytes = Utf8.Encode(text);
            Put('X');
            PutNumber((uint)bytes.Length, 4);
            output.Write(bytes, 0, bytes.Length);
        }

        /// <summary>A call with a text, each of whose characters is a byte.</summary>
        void WriteLatin1(byte[] content, string function, string encoding)
        {
            PutAscii(function);
            var size = content.Length;
            foreach (var octet in content) size += octet >> 7;
            Put('X');
            PutNumber((uint)size, 4);
            output.Capacity = Math.Max(output.Capacity, (int)output.Length + size + 64); // Once, and not by doubling.
            foreach (var octet in content)
            {
                if (octet >= 0x80) output.WriteByte((byte)(0xc0 | octet >> 6));
                output.WriteByte((byte)(octet < 0x80 ? octet : 0x80 | octet & 0x3f));
            }
            Write(encoding);
            PutAscii("\x86R");
        }

        void Write(Collection collection)
        {
            if (!sameness.Settle(collection)) throw new Fault("malformed", "A set or map has equal parts, of which Python keeps one: leave the others out.");
            var items = collection.Items;
            switch (collection.Kind)
            {
                case CollectionKind.Tuple:
                    if (items.Count == 0) Put(')');
                    else if (items.Count > 3) WriteMarked(items, 't');
                    else
                    {
                        foreach (var item in items) Write(item);
                        Put((char)(0x84 + items.Count));
                    }
                    return;
                case CollectionKind.List: WriteFilled(']', items, 'e'); return;
                case CollectionKind.Map: WriteFilled('}', items, 'u'); return;
                default:
                    PutAscii(collection.Kind == CollectionKind.Set ? "c__builtin__\nset\n" : "c__builtin__\nfrozenset\n");
                    WriteFilled(']', items, 'e');
                    PutAscii("\x85R");
                    return;
            }
        }

        void WriteFilled(char empty, List<object> items, char fill)
        {
            Put(empty);
            if (items.Count > 0) WriteMarked(items, fill);
        }

        void WriteMarked(List<object> items, char end)
        {
            Put('(');
            foreach (var item in items) Write(item);
            Put(end);
        }

        void Put(char opcode) { output.WriteByte((byte)opcode); }

        void PutAscii(string text) { foreach (var letter in text) Put(letter); }

        void PutNumber(uint number, int size)
        {
            for (var index = 0; index < size; index++) output.WriteByte((byte)(number >> 8 * index));
        }
    }
}
