using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Cli.Client;

/// <summary>
/// This terminal without its own line editing and signals, so that the one in the pod has them; as it was again on every way
/// out: the end, a failure, a signal that ends us. (man 3 termios.)
/// </summary>
sealed class RawTerminal : IDisposable
{
    const int Standard = 0, Now = 0; // standard input, TCSANOW
    const int Room = 256; // a termios takes 60 bytes on Linux, 72 on macOS

    readonly byte[] before;
    readonly PosixSignalRegistration[] signals;
    int left;

    RawTerminal(byte[] before)
    {
        this.before = before;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        // What such a signal does otherwise it still does. With the first of them .NET remembers the terminal as it finds
        // it, to put that back when it ends: so this comes before the change.
        PosixSignal[] ending = [PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
        signals = [.. ending.Select(signal => PosixSignalRegistration.Create(signal, _ => Leave()))];
    }

    public static RawTerminal Enter()
    {
        if (OperatingSystem.IsWindows()) throw new CliFailure("a terminal (-t) needs Linux or macOS here");
        var before = new byte[Room];
        if (tcgetattr(Standard, before) != 0) throw new CliFailure("the terminal's settings cannot be read");
        var raw = (byte[])before.Clone();
        cfmakeraw(raw);
        var terminal = new RawTerminal(before);
        if (tcsetattr(Standard, Now, raw) == 0) return terminal;
        terminal.Dispose();
        throw new CliFailure("the terminal cannot be set");
    }

    /// <summary>Tells the terminal's size, now and whenever it changes.</summary>
    [UnsupportedOSPlatform("windows")]
    public static IDisposable WatchSize(Action<int, int> changed)
    {
        void Tell()
        {
            var (columns, rows) = Size();
            if (columns > 0) changed(columns, rows);
        }
        Tell();
        return PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Tell());
    }

    /// <summary>Asked of the terminal itself: <see cref="Console"/> would first send it settings of its own, for its keys.</summary>
    static (int Columns, int Rows) Size()
    {
        var size = new ushort[4]; // rows, columns, and the same in pixels
        var ask = OperatingSystem.IsMacOS() ? (nuint)0x40087468 : 0x5413; // TIOCGWINSZ
        return ioctl(Standard, ask, size) == 0 ? (size[1], size[0]) : (0, 0);
    }

    /// <summary>Standard input byte by byte: <see cref="Console"/>'s own stream edits lines.</summary>
    public static Stream OpenInput() => new FileStream(new SafeFileHandle(Standard, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    public void Dispose()
    {
        Leave();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var signal in signals) signal.Dispose();
    }

    void OnExit(object? sender, EventArgs e) => Leave();

    void Leave()
    {
        if (Interlocked.Exchange(ref left, 1) == 0) _ = tcsetattr(Standard, Now, before);
    }

    [DllImport("libc", SetLastError = true)]
    static extern int tcgetattr(int descriptor, [In, Out] byte[] settings);

    [DllImport("libc", SetLastError = true)]
    static extern int tcsetattr(int descriptor, int when, byte[] settings);

    [DllImport("libc", SetLastError = true)]
    static extern int ioctl(int descriptor, nuint request, [In, Out] ushort[] size);

    [DllImport("libc")]
    static extern void cfmakeraw([In, Out] byte[] settings);
}
