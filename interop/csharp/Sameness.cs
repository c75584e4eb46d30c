using System;
using System.Collections.Generic;
using System.Numerics;

namespace Parley
{
    /// <summary>What Python finds equal as keys of a map and members of a set: 1, 1.0 and true are one.</summary>
    /// <remarks>
    /// Texts that are compared, and not hashes: those of numbers are no secret, and who knows them can make all keys collide. A tuple that
    /// stands in many others takes few bytes in a message and any amount here; so the characters of all keys together are counted.
    /// </remarks>
    sealed class Sameness
    {
        const int MostCharacters = 1 << 22;

        int left = MostCharacters, unlikeAnyOther;

        /// <summary>
        /// Keeps one of equal members of a set, and of equal keys the first with the last one's value. Returns whether there were none.
        /// Throws `malformed` for what cannot be a key.
        /// </summary>
        public bool Settle(Collection collection)
        {
            var step = collection.Kind == CollectionKind.Map ? 2 : 1;
            if (step == 1 && collection.Kind != CollectionKind.Set && collection.Kind != CollectionKind.FrozenSet) return true;
            var items = collection.Items;
            var places = new SortedDictionary<string, int>(StringComparer.Ordinal);
            var kept = 0;
            for (var index = 0; index < items.Count; index += step)
            {
                var key = KeyOf(items[index]);
                int place;
                if (places.TryGetValue(key, out place))
                {
                    if (step == 2) items[place + 1] = items[index + 1];
                    continue;
                }
                places.Add(key, kept);
                for (var part = 0; part < step; part++) items[kept++] = items[index + part];
            }
            var wereDifferent = kept == items.Count;
            items.RemoveRange(kept, items.Count - kept);
            return wereDifferent;
        }

        string KeyOf(object value)
        {
            var collection = value as Collection;
            if (collection != null) return KeyOf(collection);
            if (value == null) return "null";
            if (value is string) return Counted("text" + value);
            if (value is byte[]) return Counted("bytes" + Hex.Encode(new ArraySegment<byte>((byte[])value)));
            if (value is bool) return (bool)value ? "1" : "0";
            if (value is BigInteger) return Counted(WholeNumber.Write((BigInteger)value));
            if (value is double)
            {
                var number = (double)value;
                if (Math.Floor(number) == number && !double.IsInfinity(number)) return Counted(WholeNumber.Write(new BigInteger(number)));
                if (!double.IsNaN(number)) return "f64" + BitConverter.DoubleToInt64Bits(number).ToString("x");
            }
            if (value is ByteArray) throw Unhashable();
            return "object" + unlikeAnyOther++; // Or NaN, which is not even like itself.
        }

        string KeyOf(Collection collection)
        {
            if (collection.Kind != CollectionKind.Tuple && collection.Kind != CollectionKind.FrozenSet) throw Unhashable();
            if (collection.Identity != null) return collection.Identity;
            var keys = new List<string>(collection.Items.Count);
            foreach (var item in collection.Items)
            {
                var key = KeyOf(item);
                keys.Add(Counted(key.Length + ":" + key)); // The length, so that no two of them run together.
            }
            if (collection.Kind == CollectionKind.FrozenSet) keys.Sort(StringComparer.Ordinal);
            return collection.Identity = Counted(collection.Kind + string.Concat(keys));
        }

        string Counted(string key)
        {
            left -= key.Length;
            if (left < 0) throw new Fault("too-large", "The keys of the value hold too much: use smaller ones.");
            return key;
        }

        static Fault Unhashable() { return new Fault("malformed", "A list, set, map or bytearray is a key or a member of a set, which Python does not take: send another value."); }
    }
}
