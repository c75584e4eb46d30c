using System;
using System.Collections.Generic;

namespace Parley
{
    /// <summary>
    /// What outlives this process unless somebody removes it. Closing a channel does; but a process that ends while it waits for a peer
    /// cannot close anything, as the thread that could is the one that waits. So it is all on this list.
    /// </summary>
    static class Leftovers
    {
        static readonly List<Action> removals = new List<Action>();

        /// <summary>
        /// Held while something is made and put on the list, and while it is removed and taken from it: the process may end at any time,
        /// in another thread. Nobody waits for a peer who holds it.
        /// </summary>
        public static readonly object Gate = new object();

        public static void Add(Action removal) { lock (Gate) removals.Add(removal); }

        /// <summary>Removes something in the ordinary way. It does so once, however often it is asked.</summary>
        public static void Remove(Action removal) { lock (Gate) if (removals.Remove(removal)) removal(); }

        /// <summary>Removes everything and ends the process, from any thread. The system closes the descriptors.</summary>
        public static void RemoveAllAndExit(int status)
        {
            lock (Gate)
            {
                foreach (var removal in removals)
                {
                    try
                    {
                        removal();
                    }
                    catch (Exception exception)
                    {
                        Console.Error.WriteLine("At the end: " + exception.Message);
                    }
                }
                // With the gate closed, so that nothing new is made. Mono's own way out waits for its pool's threads, and once in a
                // hundred times it never stops waiting.
                Libc.ExitAtOnce(status);
            }
        }
    }
}
