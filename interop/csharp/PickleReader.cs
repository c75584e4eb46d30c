using System;
using System.Collections.Generic;
using System.Numerics;

namespace Parley
{
    /// <summary>Reads Python's pickles of plain data, protocols 0 to 5, and never looks up or calls what they name.</summary>
    /// <remarks>
    /// A pickle is a program for a machine with a stack and a memo. Each instruction that puts something on the stack has a price, about
    /// the memory that it takes, and the sum is bounded: what needs more than that is no value that a reply can hold.
    /// </remarks>
    sealed partial class PickleReader
    {
        const int Price = 48, PriceOfCollection = 112; // Bytes.
        const int PriceOfUse = 48; // Of what is there already; it takes place on the stack, which doubles when it grows, and in a collection.
        const int MostMemory = 18 << 20;
        const int MostRemembered = 1 << 17; // More than a value within the budget has parts.

        readonly PickleInput input;
        readonly int longest;
        readonly List<object> stack = new List<object>();
        readonly List<int> marks = new List<int>(); // Each the height of the stack.
        // Sorted and not hashed: the indices come from the message, which could choose such that collide.
        readonly SortedDictionary<ulong, object> memo = new SortedDictionary<ulong, object>();
        int left = MostMemory;
        long contentToCopy; // All content comes from the message, and each piece is made into bytes once.

        public PickleReader(ArraySegment<byte> message, int longest)
        {
            input = new PickleInput(message);
            this.longest = longest;
            contentToCopy = message.Count;
        }

        public object Read()
        {
            for (;;)
            {
                var opcode = (char)input.Byte();
                if (opcode == '.') break;
                if (!Push(opcode) && !Collect(opcode) && !Name(opcode)) Arrange(opcode);
            }
            var value = Pop();
            Extents.Check(value);
            return value;
        }

        /// <summary>Instructions that put a constant, number, text or bytes on the stack.</summary>
        bool Push(char opcode)
        {
            switch (opcode)
            {
                case 'N': Push(null, Price); return true;
                case '\x88': Push(true, Price); return true; // NEWTRUE
                case '\x89': Push(false, Price); return true; // NEWFALSE
                case 'K': Push(new BigInteger(input.Number(1)), Price); return true; // BININT1
                case 'M': Push(new BigInteger(input.Number(2)), Price); return true; // BININT2
                case 'J': Push(new BigInteger((int)input.Number(4)), Price); return true; // BININT
                case '\x8a': Push(input.LongNumber(input.Number(1)), Price); return true; // LONG1
                case '\x8b': Push(input.LongNumber(input.SignedLength()), Price); return true; // LONG4
                case 'I': Push(input.DecimalLine(true), Price); return true; // INT
                case 'L': Push(input.DecimalLine(false), Price); return true; // LONG
                case 'G': Push(input.BigEndianDouble(), Price); return true; // BINFLOAT
                case 'F': Push(input.FloatLine(), Price); return true; // FLOAT
                case '\x8c': Push(input.Text(input.Number(1)), Price); return true; // SHORT_BINUNICODE
                case 'X': Push(input.Text(input.Number(4)), Price); return true; // BINUNICODE
                case '\x8d': Push(input.Text(input.Number(8)), Price); return true; // BINUNICODE8
                case 'V': Push(input.UnicodeLine(), Price); return true; // UNICODE
                // Strings of Python 2 have no encoding; as bytes they stay what they are.
                case 'U': Push(input.Bytes(input.Number(1)), Price); return true; // SHORT_BINSTRING
                case 'T': Push(input.Bytes(input.SignedLength()), Price); return true; // BINSTRING
                case 'S': Push(input.QuotedLine(), Price); return true; // STRING
                case 'C': Push(input.Bytes(input.Number(1)), Price); return true; // SHORT_BINBYTES
                case 'B': Push(input.Bytes(input.Number(4)), Price); return true; // BINBYTES
                case '\x8e': Push(input.Bytes(input.Number(8)), Price); return true; // BINBYTES8
                case '\x96': Push(new ByteArray(input.Bytes(input.Number(8))), Price); return true; // BYTEARRAY8
                default: return false;
            }
        }

        /// <summary>Instructions that make collections, or add to them.</summary>
        bool Collect(char opcode)
        {
            switch (opcode)
            {
                case ']': Push(CollectionKind.List, new List<object>()); return true; // EMPTY_LIST
                case ')': Push(CollectionKind.Tuple, new List<object>()); return true; // EMPTY_TUPLE
                case '}': Push(CollectionKind.Map, new List<object>()); return true; // EMPTY_DICT
                case '\x8f': Push(CollectionKind.Set, new List<object>()); return true; // EMPTY_SET
                case 'l': Push(CollectionKind.List, PopToMark()); return true; // LIST
                case 't': Push(CollectionKind.Tuple, PopToMark()); return true; // TUPLE
                case 'd': Push(CollectionKind.Map, Pairs(PopToMark())); return true; // DICT
                case '\x91': Push(CollectionKind.FrozenSet, PopToMark()); return true; // FROZENSET
                case '\x85': case '\x86': case '\x87': Push(CollectionKind.Tuple, Pop(opcode - '\x84')); return true; // TUPLE1 to TUPLE3
                case 'a': Add(CollectionKind.List, Pop(1)); return true; // APPEND
                case 'e': Add(CollectionKind.List, PopToMark()); return true; // APPENDS
                case 's': Add(CollectionKind.Map, Pop(2)); return true; // SETITEM
                case 'u': Add(CollectionKind.Map, Pairs(PopToMark())); return true; // SETITEMS
                case '\x90': Add(CollectionKind.Set, PopToMark()); return true; // ADDITEMS
                default: return false;
            }
        }

        /// <summary>Everything else: the stack, the memo, and what is not read.</summary>
        void Arrange(char opcode)
        {
            switch (opcode)
            {
                case '\x80': // PROTO
                    if (input.Byte() > 5) throw input.Malformed("its protocol is newer than 5");
                    return;
                case '\x95': // FRAME: how much to read at once, and here all is read already.
                    if (input.Number(8) > (ulong)input.Left) throw input.Malformed("it ends inside a frame");
                    return;
                case '(': // MARK
                    Spend(PriceOfUse);
                    marks.Add(stack.Count);
                    return;
                case '0': // POP, also of a mark
                    if (marks.Count > 0 && marks[marks.Count - 1] == stack.Count) marks.RemoveAt(marks.Count - 1);
                    else Pop();
                    return;
                case '1': PopToMark(); return; // POP_MARK
                case '2': Push(Top, PriceOfUse); return; // DUP
                case 'p': Remember((ulong)input.IndexLine()); return; // PUT
                case 'q': Remember(input.Number(1)); return; // BINPUT
                case 'r': Remember(input.Number(4)); return; // LONG_BINPUT
                case '\x94': Remember((ulong)memo.Count); return; // MEMOIZE
                case 'g': Recall((ulong)input.IndexLine()); return; // GET
                case 'h': Recall(input.Number(1)); return; // BINGET
                case 'j': Recall(input.Number(4)); return; // LONG_BINGET
                default: throw input.Malformed("its instruction 0x" + ((int)opcode).ToString("x2") + " is unknown, or wants what is not in the message");
            }
        }

        void Push(CollectionKind kind, List<object> items) { Push(new Collection(kind, items), PriceOfCollection); }

        void Push(object value, int price)
        {
            Spend(price);
            stack.Add(value);
        }

        void Spend(long price)
        {
            if (price > left) throw Tokens.TooLong(longest);
            left -= (int)price;
        }

        object Top
        {
            get
            {
                CheckHas(1);
                return stack[stack.Count - 1];
            }
        }

        /// <summary>What lies below the last mark is out of reach.</summary>
        void CheckHas(int count)
        {
            if (stack.Count - count < (marks.Count > 0 ? marks[marks.Count - 1] : 0)) throw input.Malformed("an instruction needs more than there is on the stack");
        }

        object Pop() { return Pop(1)[0]; }

        List<object> Pop(int count)
        {
            CheckHas(count);
            var items = stack.GetRange(stack.Count - count, count);
            stack.RemoveRange(stack.Count - count, count);
            return items;
        }

        List<object> PopToMark()
        {
            if (marks.Count == 0) throw input.Malformed("a mark is missing");
            var mark = marks[marks.Count - 1];
            var items = Pop(stack.Count - mark);
            marks.RemoveAt(marks.Count - 1);
            return items;
        }

        List<object> Pairs(List<object> items)
        {
            if (items.Count % 2 != 0) throw input.Malformed("a map has a key without a value");
            return items;
        }

        void Remember(ulong index)
        {
            memo[index] = Top;
            if (memo.Count > MostRemembered) throw new Fault("too-large", "The pickle remembers more than a value has: send a smaller one.");
        }

        void Recall(ulong index)
        {
            object value;
            if (!memo.TryGetValue(index, out value)) throw input.Malformed("it uses entry " + index + " of the memo, which was never set");
            Push(value, PriceOfUse);
        }
    }
}
