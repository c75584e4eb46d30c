using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Parley
{
    /// <summary>
    /// Ends the process although its main thread waits for a peer: when nobody can give commands any more, and on SIGTERM. It reads
    /// nothing and costs nothing as long as it need not act.
    /// </summary>
    static class Watcher
    {
        const int Commands = 0; // Standard input.
        const int Look = 10, Grace = 50; // Milliseconds. Answers that are on their way still come.
        const int SigTerm = 15, StatusOfSigTerm = 128 + SigTerm;

        public static void Start()
        {
            WatchForSigTerm();
            Libc.FileStatus status;
            if (Libc.Examine(Commands, out status) != 0) return;
            // Of a regular file the end is always near, and all its commands are to be obeyed.
            if (Libc.IsTerminal(Commands)) Run("the terminal's end", WatchTerminal);
            else if (status.IsFifo || status.IsSocket) Run("the end of standard input", WatchStream);
        }

        static void Run(string name, ThreadStart action) { new Thread(action) { IsBackground = true, Name = name }.Start(); }

        static void WatchStream()
        {
            Libc.WaitForHangUp(Commands);
            EndInNextWait();
        }

        static void WatchTerminal()
        {
            // A terminal does not hang up at Ctrl-D: the main thread would read the end, if it read.
            while (!Waiting.IsWait(Waiting.Turn) || !Libc.IsAtEndOfTerminal(Commands)) Thread.Sleep(Grace);
            EndInNextWait();
        }

        /// <summary>The commands that have come are obeyed, up to one that waits.</summary>
        static void EndInNextWait()
        {
            long turn = 0;
            for (var waited = 0; waited < Grace; waited += Look)
            {
                var now = Waiting.Turn;
                if (!Waiting.IsWait(now) || now != turn) waited = 0;
                turn = now;
                Thread.Sleep(Look);
            }
            Leftovers.RemoveAllAndExit(0);
        }

        // SIGTERM ends either runtime, but only after it has been told what to do before.

        static void WatchForSigTerm()
        {
            if (Type.GetType("Mono.Runtime") != null) WatchForSigTermOnMono();
            else
            {
                AppDomain.CurrentDomain.ProcessExit += (sender, arguments) => Leftovers.RemoveAllAndExit(StatusOfSigTerm);
                RegisterForSigTerm();
            }
        }

        /// <summary>From .NET 10 on SIGTERM is left to those who register for it, with a class that is there from .NET 6 on.</summary>
        static void RegisterForSigTerm()
        {
            const string place = "System.Runtime.InteropServices.PosixSignal";
            var library = typeof(object).Assembly;
            var registration = library.GetType(place + "Registration");
            if (registration == null) return;
            Action<object> action = context => Leftovers.RemoveAllAndExit(StatusOfSigTerm);
            var registered = registration.GetMethod("Create").Invoke(null, new[] { Enum.ToObject(library.GetType(place), -4 /* SIGTERM */), action });
            GCHandle.Alloc(registered); // For ever, or the collector would take it, and the registration back.
        }

        // What Mono.Unix.UnixSignal is made of. The class itself is in a package that the runtime does without.
        delegate int IsShuttingDown();
        [DllImport("MonoPosixHelper")] static extern IntPtr Mono_Unix_UnixSignal_install(int signal);
        [DllImport("MonoPosixHelper")] static extern int Mono_Unix_UnixSignal_WaitAny(IntPtr[] signals, int count, int milliseconds, IsShuttingDown isShuttingDown);

        static void WatchForSigTermOnMono()
        {
            var signal = Mono_Unix_UnixSignal_install(SigTerm);
            if (signal == IntPtr.Zero) return;
            var hasFailed = false;
            Run("SIGTERM", () =>
            {
                IsShuttingDown never = () => 0;
                // The index of the signal that came; negative if there are no descriptors for the pipe that it waits with.
                var index = Mono_Unix_UnixSignal_WaitAny(new[] { signal }, 1, -1, never);
                GC.KeepAlive(never);
                if (index == 0) Leftovers.RemoveAllAndExit(StatusOfSigTerm);
                Volatile.Write(ref hasFailed, true);
            });
            // The pipe shall be there before `hello` is answered. The number of its writing end is the fourth of the helper's words.
            while (!Volatile.Read(ref hasFailed) && Marshal.ReadInt32(signal, 3 * sizeof(int)) == 0) Thread.Yield();
        }
    }
}
