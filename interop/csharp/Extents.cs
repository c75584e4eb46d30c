using System.Collections.Generic;

namespace Parley
{
    /// <summary>Measures the value that a pickle has made, before it is written: a part that is used often takes its bytes once, and counts each time.</summary>
    sealed class Extents
    {
        const int MostParts = 1 << 22;

        readonly Sameness sameness = new Sameness();

        /// <summary>Throws `malformed` for a value that contains itself, `too-large` for one that is too deep or has too many parts.</summary>
        public static void Check(object value)
        {
            if (new Extents().Measure(value, 0).Parts > MostParts) throw new Fault("too-large", "The value has more than " + MostParts + " parts: send a smaller one.");
        }

        Extent Measure(object value, int depth)
        {
            var collection = value as Collection;
            var inert = value as Inert;
            if (collection == null && inert == null) return new Extent { Levels = 1, Parts = 1 };
            var known = collection != null ? collection.Extent : inert.Extent;
            if (known.Levels == Extent.UnderWay) throw new Fault("malformed", "The value contains itself, and tokens cannot say that.");
            if (known.Levels == Extent.Unknown)
            {
                if (depth > Tokens.Deepest) throw TooDeep();
                Set(collection, inert, new Extent { Levels = Extent.UnderWay });
                known = MeasureParts(collection != null ? collection.Items : new List<object> { inert.Arguments, inert.Contents }, depth);
                Set(collection, inert, known);
                if (collection != null) sameness.Settle(collection);
            }
            if (depth + known.Levels - 1 > Tokens.Deepest) throw TooDeep();
            return known;
        }

        Extent MeasureParts(List<object> parts, int depth)
        {
            var extent = new Extent { Levels = 1, Parts = 1 };
            foreach (var part in parts)
            {
                var measured = Measure(part, depth + 1);
                if (measured.Levels >= extent.Levels) extent.Levels = measured.Levels + 1;
                extent.Parts += measured.Parts;
                // At once: doubled in each of 200 levels, no number would hold it.
                if (extent.Parts > MostParts) extent.Parts = MostParts + 1;
            }
            return extent;
        }

        static void Set(Collection collection, Inert inert, Extent extent)
        {
            if (collection != null) collection.Extent = extent;
            else inert.Extent = extent;
        }

        static Fault TooDeep() { return new Fault("too-large", "The value is nested deeper than " + Tokens.Deepest + ": send a flatter one."); }
    }
}
