using System;
using System.Threading;

namespace Parley
{
    /// <summary>Says whether the main thread waits for a peer. The watcher looks, because nothing wakes a thread that does.</summary>
    static class Waiting
    {
        static long turn; // Odd in a wait. Only the main thread changes it.
        [ThreadStatic] static bool isOfNoCommand;

        /// <summary>A number that is odd while the main thread waits; another wait has another number.</summary>
        public static long Turn { get { return Volatile.Read(ref turn); } }

        public static bool IsWait(long turn) { return turn % 2 != 0; }

        /// <summary>Says that the calling thread obeys no command, so that nobody's end depends on what it waits for.</summary>
        public static void IsOfNoCommand() { isOfNoCommand = true; }

        public static void Begin() { if (!isOfNoCommand) Volatile.Write(ref turn, turn + 1); }

        public static void End() { if (!isOfNoCommand) Volatile.Write(ref turn, turn + 1); }

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
