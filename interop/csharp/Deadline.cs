using System;
using System.Diagnostics;

namespace Parley
{
    /// <summary>Until when something is waited for. Its default value is never.</summary>
    struct Deadline
    {
        readonly long end; // On the monotonic clock, which nobody sets; 0 is never.
        readonly int milliseconds;

        Deadline(int milliseconds)
        {
            this.milliseconds = milliseconds;
            end = Stopwatch.GetTimestamp() + milliseconds * (Stopwatch.Frequency / 1000);
        }

        public static Deadline Never { get { return default(Deadline); } }

        public static Deadline In(int milliseconds) { return new Deadline(milliseconds); }

        public bool IsNever { get { return end == 0; } }

        /// <summary>What is left in milliseconds, rounded up, as poll(2) wants it: -1 is for ever.</summary>
        public int Left
        {
            get
            {
                if (IsNever) return -1;
                var perMillisecond = Stopwatch.Frequency / 1000;
                return (int)Math.Max(0, (end - Stopwatch.GetTimestamp() + perMillisecond - 1) / perMillisecond);
            }
        }

        public Fault Passed() { return new Fault("timeout", "The peer did not do its part within " + milliseconds + " ms: see what it is waiting for."); }
    }
}
