using System.Threading;

namespace Parley
{
    /// <summary>Says whether the main thread waits for a peer. The watcher looks, because nothing wakes a thread that does.</summary>
    static class Waiting
    {
        static long turn; // Odd in a wait. Only the main thread changes it.

        /// <summary>A number that is odd while the main thread waits; another wait has another number.</summary>
        public static long Turn { get { return Volatile.Read(ref turn); } }

        public static bool IsWait(long turn) { return turn % 2 != 0; }

        public static void Begin() { Volatile.Write(ref turn, turn + 1); }

        public static void End() { Volatile.Write(ref turn, turn + 1); }

        /// <summary>Waits until a read or an accept of a descriptor would return at once. Throws `timeout`.</summary>
        public static void ForInput(int descriptor, Deadline deadline)
        {
            Begin();
            try
            {
                if (!Libc.IsReadable(descriptor, deadline)) throw deadline.Passed();
            }
            finally
            {
                End();
            }
        }
    }
}
