using System.Runtime.InteropServices;

namespace Gossip.Runtimes.Processes;

/// <summary>The few calls that .NET has no word for. Linux only.</summary>
static unsafe partial class Libc
{
    public const int Kill = 9;
    public const int Term = 15;
    const long PidfdOpenNumber = 434; // the same on every architecture; glibc has a name for it only since 2.36
    const int CloseOnExec = 0x80000;
    const short Readable = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;

        public static PollEntry ToRead(int descriptor) => new() { Descriptor = descriptor, Wanted = Readable };
    }

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

    /// <summary>Waits, without end, until one of the entries is readable.</summary>
    public static void Wait(Span<PollEntry> entries)
    {
        fixed (PollEntry* first = entries) _ = poll(first, (nuint)entries.Length, -1); // interrupted: the caller looks again
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    [LibraryImport("libc")] private static partial int kill(int pid, int signal);
    [LibraryImport("libc")] private static partial long syscall(long number, long first, long second);
    [LibraryImport("libc")] private static partial int eventfd(uint initial, int flags);
    [LibraryImport("libc")] private static partial int poll(PollEntry* entries, nuint count, int timeout);
    [LibraryImport("libc")] private static partial nint read(int descriptor, void* into, nuint count);
    [LibraryImport("libc")] private static partial nint write(int descriptor, void* from, nuint count);
    [LibraryImport("libc")] private static partial int close(int descriptor);
}
