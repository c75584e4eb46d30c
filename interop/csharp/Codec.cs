using System;
using System.Collections.Generic;

namespace Parley
{
    /// <summary>How a value becomes a message, and a message a value.</summary>
    abstract class Codec
    {
        public static readonly Dictionary<string, Codec> ByName = new Dictionary<string, Codec>
        {
            { "json", new JsonCodec() },
            { "pickle", new PickleCodec() },
            { "struct", new StructCodec() },
            { "shareable-list", new ShareableListCodec(false) },
            { "shareable-list-3.8", new ShareableListCodec(true) },
        };

        /// <summary>Throws `usage` for a format that is missing, superfluous or none.</summary>
        public virtual void CheckFormat(string format)
        {
            if (format != null) throw Fault.Usage("Only the codec struct has a format: leave it out.");
        }

        /// <summary>Throws `malformed` for a value that the codec cannot carry.</summary>
        public abstract byte[] Encode(object value, string format, int limit);

        /// <summary>
        /// Throws `malformed` for a message that is none of the codec's, and `usage` for a value that has more tokens than the longest
        /// reply: before the value is built, as a few bytes can stand for gigabytes.
        /// </summary>
        public abstract object Decode(ArraySegment<byte> message, string format, int longest);
    }
}
