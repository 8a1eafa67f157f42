using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Runtimes.Processes.Kernel;

/// <summary>The few calls that .NET has no word for. Linux only.</summary>
static unsafe partial class Libc
{
    public const int Kill = 9;
    public const int Term = 15;
    const long PidfdOpenNumber = 434; // the same on every architecture; glibc has a name for it only since 2.36
    const int CloseOnExec = 0x80000;
    const short Readable = 1;
    const int NonBlocking = 0x800;
    const uint Modified = 2, OneShot = 0x80000000; // inotify
    const int KeepSize = 1, Punch = 2; // fallocate
    const int SeekData = 3;

    /// <summary>Of the pages of a file: only whole ones can be given back.</summary>
    public const int HoleAlignment = 4096;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;

        public static PollEntry ToRead(int descriptor) => new() { Descriptor = descriptor, Wanted = Readable };
    }

    public static uint UserId => geteuid();
    public static uint GroupId => getegid();

    /// <summary>Sends a signal. False when nobody is there (any more) or the process is not ours.</summary>
    public static bool Signal(int pid, int signal) => kill(pid, signal) == 0;

    /// <summary>Sends a signal to every member of a process group.</summary>
    public static bool SignalGroup(int group, int signal) => kill(-group, signal) == 0;

    /// <summary>A descriptor that becomes readable when the process ends; negative when there is no such process.</summary>
    public static int OpenPid(int pid) => (int)syscall(PidfdOpenNumber, pid, 0);

    /// <summary>A descriptor that <see cref="Ring"/> makes readable and <see cref="Hush"/> makes silent again.</summary>
    public static int OpenBell() => eventfd(0, CloseOnExec);

    public static void Ring(int bell)
    {
        var one = 1UL;
        _ = write(bell, &one, sizeof(ulong));
    }

    public static void Hush(int bell)
    {
        ulong count;
        _ = read(bell, &count, sizeof(ulong));
    }

    /// <summary>Waits until one of the entries is readable, or so many milliseconds; -1 for no end.</summary>
    public static void Wait(Span<PollEntry> entries, int patience = -1)
    {
        fixed (PollEntry* first = entries) _ = poll(first, (nuint)entries.Length, patience); // interrupted: the caller looks again
    }

    /// <summary>A descriptor that tells of files that <see cref="WatchOnce"/> named.</summary>
    public static int OpenFileEvents() => inotify_init1(CloseOnExec | NonBlocking);

    /// <summary>Asks to be told when a file is next written to. Negative when that cannot be.</summary>
    public static int WatchOnce(int events, string path) => inotify_add_watch(events, path, Modified | OneShot);

    public static void Forget(int events, int watch) => _ = inotify_rm_watch(events, watch);

    public static int Read(int descriptor, Span<byte> into)
    {
        fixed (byte* first = into) return (int)read(descriptor, first, (nuint)into.Length);
    }

    /// <summary>Gives a file's head back to the disk; offsets stay. False where the file system knows no holes.</summary>
    public static bool PunchHole(SafeFileHandle file, long length) => fallocate(file, KeepSize | Punch, 0, length) == 0;

    /// <summary>Where the hole at a file's head ends: 0 without one, the file's length when all of it is one.</summary>
    public static long FirstData(SafeFileHandle file)
    {
        var found = lseek(file, 0, SeekData);
        return found >= 0 ? found : RandomAccess.GetLength(file);
    }

    /// <summary>Removes a folder by itself: a control group's files are not for removing. False when it could not be.</summary>
    public static bool RemoveFolder(string path) => rmdir(path) == 0;

    /// <summary>A named pipe for the owner alone. False when there is none now.</summary>
    public static bool MakePipe(string path) => mkfifo(path, 0x180) == 0; // 600

    public static void Close(int descriptor) => _ = close(descriptor);

    [LibraryImport("libc")] private static partial uint geteuid();
    [LibraryImport("libc")] private static partial uint getegid();
    [LibraryImport("libc")] private static partial int kill(int pid, int signal);
    [LibraryImport("libc")] private static partial long syscall(long number, long first, long second);
    [LibraryImport("libc")] private static partial int eventfd(uint initial, int flags);
    [LibraryImport("libc")] private static partial int poll(PollEntry* entries, nuint count, int timeout);
    [LibraryImport("libc")] private static partial nint read(int descriptor, void* into, nuint count);
    [LibraryImport("libc")] private static partial nint write(int descriptor, void* from, nuint count);
    [LibraryImport("libc")] private static partial int close(int descriptor);
    [LibraryImport("libc")] private static partial int inotify_init1(int flags);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int inotify_add_watch(int events, string path, uint mask);
    [LibraryImport("libc")] private static partial int inotify_rm_watch(int events, int watch);
    [LibraryImport("libc")] private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);
    [LibraryImport("libc")] private static partial long lseek(SafeFileHandle file, long offset, int whence);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int mkfifo(string path, uint mode);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int rmdir(string path);
}
