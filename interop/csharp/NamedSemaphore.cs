using System;
using System.Threading;

namespace Parley
{
    /// <summary>A POSIX named semaphore that somebody else has made, such as the lock of a Value of Python's spawn context.</summary>
    /// <remarks>The class library's semaphores with a name are none of these: Mono and .NET have them for Windows only.</remarks>
    sealed class NamedSemaphore : IDisposable
    {
        const int Patience = 5000; // Milliseconds.

        readonly string name;
        readonly Action givingBack; // Also when the process has to end: whoever waits for it would wait for ever.
        IntPtr handle;
        int held;

        public NamedSemaphore(string name)
        {
            this.name = name;
            givingBack = Release;
            var errno = Libc.OpenSemaphore(name, out handle);
            if (errno != 0) throw Fault.OfErrno(errno, "Opening the semaphore " + name);
            Leftovers.Add(givingBack);
        }

        public static void CheckName(string name)
        {
            if (name.Length < 2 || name.Length > 250 || name[0] != '/' || name.IndexOf('/', 1) >= 0 || name.IndexOf('\0') >= 0)
                throw Fault.Usage("The name of a semaphore is a slash and a word: give it as /NAME.");
        }

        /// <summary>Does something while the semaphore is held, which it is given back from in any case.</summary>
        public void While(Action action)
        {
            Acquire(Deadline.In(Patience));
            try
            {
                action();
            }
            finally
            {
                Release();
            }
        }

        /// <summary>Waits until it is free. Throws `timeout` at the deadline.</summary>
        public void Acquire(Deadline deadline)
        {
            Waiting.Begin();
            try
            {
                if (!Libc.AcquireSemaphore(handle, deadline))
                    throw new Fault("timeout", "The semaphore " + name + " was not free in time: see who holds it, perhaps somebody who has crashed.");
                Volatile.Write(ref held, 1);
            }
            finally
            {
                Waiting.End();
            }
        }

        /// <summary>Gives back what was acquired, once.</summary>
        public void Release() { if (Interlocked.Exchange(ref held, 0) != 0) Libc.ReleaseSemaphore(handle); }

        /// <summary>Says that what was acquired is not to be given back.</summary>
        public void UseUp() { Volatile.Write(ref held, 0); }

        /// <summary>Gives what somebody else has acquired and used up.</summary>
        public void Post() { Libc.ReleaseSemaphore(handle); }

        public void Dispose()
        {
            Leftovers.Remove(givingBack);
            if (handle != IntPtr.Zero) Libc.CloseSemaphore(handle);
            handle = IntPtr.Zero;
        }
    }
}
