using System;
using System.IO;

namespace Parley
{
    /// <summary>Shared memory. A POSIX object is a file in a folder of the system, so shm_open(3) is no more than opening that.</summary>
    static partial class Transports
    {
        const string MemoryFolder = "/dev/shm/";

        /// <summary>Maps memory that is there, or makes some of a given size.</summary>
        public static Connection OpenMemory(Opening opening)
        {
            // What can be seen to be wrong comes before what has to be looked for.
            var address = opening.Address;
            var isPath = address.StartsWith("/", StringComparison.Ordinal);
            var isName = isPath && address.IndexOf('/', 1) < 0;
            if (opening.Size.HasValue && (opening.Role != "write" || !isName))
                throw Fault.Usage("Only a writer makes memory, and it needs a name such as /psm_1: change that, or leave size out.");
            if (isPath) CheckPath(address);
            if (address == "/" || address == "/." || address == "/..") throw Fault.Usage("The address of shared memory is /name, an absolute path, or the number of a descriptor.");
            var descriptor = isPath ? -1 : InheritedDescriptor(address);
            if (opening.Lock != null) NamedSemaphore.CheckName(opening.Lock);

            var semaphore = opening.Lock == null ? null : new NamedSemaphore(opening.Lock);
            Action removal = null;
            FileStream file;
            try
            {
                var access = opening.Role == "write" ? FileAccess.ReadWrite : FileAccess.Read;
                if (!isPath) file = OpenInheritedMemory(descriptor, access);
                else if (opening.Size.HasValue) file = MakeMemory(MemoryFolder + address.Substring(1), opening.Size.Value, out removal);
                else file = OpenRegularFile(isName ? MemoryFolder + address.Substring(1) : address, false, access);
            }
            catch
            {
                if (semaphore != null) semaphore.Dispose();
                throw;
            }
            var memory = new SharedMemory(file, opening, semaphore, removal);
            if (!isPath) Libc.Release(descriptor); // The mapping keeps the memory, and the descriptor is ours.
            return memory;
        }

        /// <summary>The memory of an inherited descriptor, opened anew: Mono cannot make a FileStream of a descriptor.</summary>
        static FileStream OpenInheritedMemory(int descriptor, FileAccess access)
        {
            Libc.FileStatus status;
            var flags = Examine(descriptor, out status);
            if (!status.IsRegular || Libc.IsForWritingOnly(flags) || (access == FileAccess.ReadWrite && Libc.IsForReadingOnly(flags)))
                throw Fault.Usage("Descriptor " + descriptor + " is no memory, or not open for this: pass one that is.");
            return OpenFile("/proc/self/fd/" + descriptor, FileMode.Open, access);
        }

        /// <summary>Makes memory that has its size, and is all NUL, before anybody can find it: it gets its name last.</summary>
        static FileStream MakeMemory(string path, int size, out Action removal)
        {
            var first = MemoryFolder + ".parley-" + Guid.NewGuid().ToString("N");
            lock (Leftovers.Gate)
            {
                FileStream file = null;
                try
                {
                    file = OpenFile(first, FileMode.CreateNew, FileAccess.ReadWrite);
                    Extend(file, size);
                    Libc.FileStatus made;
                    var errno = Libc.ExamineLink(first, out made);
                    if (errno == 0) errno = Libc.Link(first, path);
                    if (errno != 0) throw Fault.OfErrno(errno, "Making " + path);
                    removal = () =>
                    {
                        // It may be another's by now: Python removes memory that it has used, and anybody can make it anew.
                        Libc.FileStatus status;
                        if (Libc.ExamineLink(path, out status) == 0 && status.IsSameFile(made)) Libc.Remove(path);
                    };
                    Leftovers.Add(removal);
                    return file;
                }
                catch
                {
                    if (file != null) file.Dispose();
                    throw;
                }
                finally
                {
                    Libc.Remove(first);
                }
            }
        }
    }
}
