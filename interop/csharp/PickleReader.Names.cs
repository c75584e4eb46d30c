using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace Parley
{
    /// <summary>What a pickle names and calls. It becomes an Inert, except for the few calls that plain data is made of.</summary>
    sealed partial class PickleReader
    {
        const int LongestName = 4096;
        static readonly string[] latin1 = { "latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1" };

        bool Name(char opcode)
        {
            switch (opcode)
            {
                case 'c': Push(new Inert(input.NameLine() + "." + input.NameLine(), null), PriceOfCollection); return true; // GLOBAL
                case '\x93': NameFromStack(); return true; // STACK_GLOBAL
                case 'R': Call(true); return true; // REDUCE
                case '\x81': Call(false); return true; // NEWOBJ
                case '\x92': CallWithKeywords(); return true; // NEWOBJ_EX
                case 'b': SetState(); return true; // BUILD
                case 'i': // INST, an instance of an old class of Python 2
                    var name = input.NameLine() + "." + input.NameLine();
                    PushCalled(name, PopToMark());
                    return true;
                case 'o': // OBJ, likewise
                    var parts = PopToMark();
                    var named = parts.Count > 0 ? parts[0] as Inert : null;
                    if (named == null || !named.IsBareName) throw input.Malformed("an instance has no class");
                    PushCalled(named.Name, parts.GetRange(1, parts.Count - 1));
                    return true;
                default: return false;
            }
        }

        void NameFromStack()
        {
            var parts = Pop(2);
            var name = NamePart(parts[0]) + "." + NamePart(parts[1]);
            Spend(2 * name.Length); // Made anew each time, of texts that the memo may have.
            Push(new Inert(name, null), PriceOfCollection);
        }

        string NamePart(object part)
        {
            var text = part as string;
            if (text == null || text.Length > LongestName) throw input.Malformed("a name is no text, or a very long one");
            return text;
        }

        void PushCalled(string name, List<object> arguments) { Push(new Inert(name, new Collection(CollectionKind.Tuple, arguments)), 2 * PriceOfCollection); }

        void Call(bool mayBePlain)
        {
            var parts = Pop(2);
            var named = parts[0] as Inert;
            var arguments = parts[1] as Collection;
            if (named == null || arguments == null || arguments.Kind != CollectionKind.Tuple) throw input.Malformed("what is called is no class or function, or its arguments are no tuple");
            object made;
            if (mayBePlain && named.IsBareName && TryPlainCall(named.Name, arguments.Items, out made)) Push(made, PriceOfCollection);
            else Call(named, arguments);
        }

        void Call(Inert named, Collection arguments)
        {
            if (named.IsBareName)
            {
                Push(new Inert(named.Name, arguments), PriceOfCollection);
                return;
            }
            SpendOnCopies(arguments.Items.Count);
            PushCalled("operator.call", new object[] { named }.Concat(arguments.Items).ToList());
        }

        void CallWithKeywords()
        {
            var parts = Pop(3);
            var named = parts[0] as Inert;
            Collection arguments = parts[1] as Collection, keywords = parts[2] as Collection;
            if (named == null || arguments == null || arguments.Kind != CollectionKind.Tuple || keywords == null || keywords.Kind != CollectionKind.Map)
                throw input.Malformed("an object is made with something that is no arguments");
            if (keywords.Items.Count > 0)
            {
                SpendOnCopies(arguments.Items.Count);
                arguments = new Collection(CollectionKind.Tuple, arguments.Items.Concat(new object[] { keywords }).ToList());
            }
            Call(named, arguments);
        }

        void SetState()
        {
            var state = Pop();
            var target = Top as Inert;
            if (target == null) throw input.Malformed("the state of something is set that has none");
            target.Changes.Add(state);
            target.Growing = null;
            Spend(PriceOfUse);
        }

        /// <summary>Adds items to what is on the top of the stack.</summary>
        void Add(CollectionKind kind, List<object> items)
        {
            var target = Top as Collection;
            var inert = Top as Inert;
            if (inert != null)
            {
                if (items.Count == 0) return;
                // Members that are added to an object are items like those of a list. They come in batches, which belong together.
                if (kind == CollectionKind.Set) kind = CollectionKind.List;
                target = inert.Growing;
                if (target == null || target.Kind != kind)
                {
                    Spend(PriceOfCollection);
                    target = inert.Growing = new Collection(kind, new List<object>());
                    inert.Changes.Add(target);
                }
            }
            if (target == null || target.Kind != kind) throw input.Malformed("an instruction adds to something that cannot grow so");
            target.Items.AddRange(items);
        }

        /// <summary>What stands for plain data in the protocols that have no instruction of their own for it.</summary>
        bool TryPlainCall(string name, List<object> arguments, out object made)
        {
            made = null;
            switch (name)
            {
                case "_codecs.encode": return arguments.Count == 2 && TryLatin1(arguments, out made);
                case "builtins.bytes": case "__builtin__.bytes": return TryBytes(arguments, out made);
                case "builtins.bytearray": case "__builtin__.bytearray":
                    if (!TryBytes(arguments, out made)) return false;
                    made = new ByteArray((byte[])made);
                    return true;
                case "builtins.list": case "__builtin__.list": return TryCopy(CollectionKind.List, arguments, out made);
                case "builtins.set": case "__builtin__.set": return TryCopy(CollectionKind.Set, arguments, out made);
                case "builtins.frozenset": case "__builtin__.frozenset": return TryCopy(CollectionKind.FrozenSet, arguments, out made);
                case "copyreg._reconstructor": case "copy_reg._reconstructor": return TryReconstruct(arguments, out made);
                default: return false;
            }
        }

        /// <summary>The bytes of a text, each of whose characters is one.</summary>
        bool TryLatin1(List<object> arguments, out object made)
        {
            made = null;
            var text = arguments[0] as string;
            var encoding = arguments[1] as string ?? AsciiOf(arguments[1] as byte[]);
            if (text == null || encoding == null || !latin1.Contains(encoding.ToLowerInvariant())) return false;
            CopyContent(text.Length);
            var bytes = new byte[text.Length];
            for (var index = 0; index < bytes.Length; index++)
            {
                if (text[index] > '\xff') throw input.Malformed("bytes are a text beyond U+00FF");
                bytes[index] = (byte)text[index];
            }
            made = bytes;
            return true;
        }

        static string AsciiOf(byte[] bytes) { return bytes == null || bytes.Length > 16 ? null : new string(bytes.Select(octet => (char)octet).ToArray()); }

        bool TryBytes(List<object> arguments, out object made)
        {
            made = null;
            if (arguments.Count == 2) return TryLatin1(arguments, out made);
            if (arguments.Count > 1) return false;
            var content = arguments.Count == 0 ? new byte[0] : arguments[0] is ByteArray ? ((ByteArray)arguments[0]).Content : arguments[0] as byte[];
            if (content != null)
            {
                CopyContent(content.Length);
                made = content.Clone();
                return true;
            }
            // Not of a number, which would be so many zero bytes: any amount of them.
            object copied;
            if (!TryCopy(CollectionKind.Tuple, arguments, out copied)) return false;
            made = ((Collection)copied).Items.Select(OctetOf).ToArray();
            return true;
        }

        byte OctetOf(object item)
        {
            if (!(item is BigInteger) || ((BigInteger)item).Sign < 0 || (BigInteger)item > 255) throw input.Malformed("a byte is no number from 0 to 255");
            return (byte)(BigInteger)item;
        }

        bool TryCopy(CollectionKind kind, List<object> arguments, out object made)
        {
            made = null;
            var source = arguments.Count == 1 ? arguments[0] as Collection : null;
            if (arguments.Count > 0 && (source == null || source.Kind == CollectionKind.Map)) return false;
            if (source != null) SpendOnCopies(source.Items.Count);
            made = new Collection(kind, source == null ? new List<object>() : new List<object>(source.Items));
            return true;
        }

        /// <summary>How protocols 0 and 1 make an object: of its class, the class whose `__new__` does it, and that one's argument.</summary>
        bool TryReconstruct(List<object> arguments, out object made)
        {
            made = null;
            if (arguments.Count != 3) return false;
            Inert named = arguments[0] as Inert, from = arguments[1] as Inert;
            if (named == null || from == null || !named.IsBareName || !from.IsBareName) return false;
            var content = from.Name.EndsWith(".object", StringComparison.Ordinal) ? new List<object>() : new List<object> { arguments[2] };
            made = new Inert(named.Name, new Collection(CollectionKind.Tuple, content));
            return true;
        }

        // A call can be repeated with what the memo has, which takes a few bytes and copies any amount.

        void SpendOnCopies(int items) { Spend((long)PriceOfUse * items); }

        void CopyContent(int size)
        {
            contentToCopy -= size;
            if (contentToCopy < 0) throw new Fault("too-large", "The pickle makes copies without end: do not read it.");
        }
    }
}
