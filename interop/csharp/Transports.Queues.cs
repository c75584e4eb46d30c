using System;
using Microsoft.Win32.SafeHandles;

namespace Parley
{
    /// <summary>Queues of Python's multiprocessing.</summary>
    static partial class Transports
    {
        /// <summary>Starts a manager with an empty queue, or connects to one that runs.</summary>
        public static ObjectQueue OpenQueue(Opening opening)
        {
            var address = opening.Address;
            if (!ManagerConnection.IsPort(address)) NameOf("unix", address);
            else if (LoopbackEndPoint(address).Port == 0) throw Fault.Usage("A manager's port is told to its clients beforehand, and 0 is none: choose one.");
            if (opening.Role == "listen") return new ServedQueue(address, opening.Key, opening.Queue, opening.Limit);
            return new RemoteQueue(address, opening.Key, opening.Queue, opening.Limit);
        }

        /// <summary>Opens one end of the pipe of a queue and the semaphores that go with it.</summary>
        public static Connection OpenSpawnQueue(Opening opening)
        {
            // What can be seen to be wrong comes before what has to be looked for.
            var isPath = opening.Address.IndexOf('/') >= 0;
            if (isPath) CheckPath(opening.Address);
            var descriptor = isPath ? -1 : InheritedDescriptor(opening.Address);
            NamedSemaphore.CheckName(opening.Lock);
            if (opening.Slots != null) NamedSemaphore.CheckName(opening.Slots);
            NamedSemaphore turn = new NamedSemaphore(opening.Lock), slots = null;
            try
            {
                if (opening.Slots != null) slots = new NamedSemaphore(opening.Slots);
                var pipe = isPath ? OpenPipe(opening.Address, opening.Role) : AdoptPipeHandle(descriptor, opening.Role);
                return new SpawnQueue(pipe, turn, slots, opening.Limit);
            }
            catch
            {
                turn.Dispose();
                if (slots != null) slots.Dispose();
                throw;
            }
        }

        static SafePipeHandle OpenPipe(string path, string role)
        {
            if (!Existing(path).IsFifo) throw Fault.Usage(path + " is no pipe: give /proc/PID/fd/N of the queue.");
            // Without waiting: opening a pipe whose other end nobody has would never return.
            var descriptor = Libc.OpenFifoAtOnce(path, role == "write");
            if (descriptor < 0) throw Fault.OfErrno(-descriptor == Libc.ENXIO ? Libc.EPIPE : -descriptor, "Opening the queue");
            Libc.SetBlocking(descriptor, Libc.FlagsOf(descriptor));
            return new SafePipeHandle((IntPtr)descriptor, true);
        }
    }
}
