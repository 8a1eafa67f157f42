using System.Runtime.InteropServices;
using System.Threading.Channels;
using Gossip.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace Gossip.Runtimes.Processes.Access;

/// <summary>A terminal made by the kernel (pty(7)): what is written here is typed there.</summary>
sealed partial class PseudoTerminal : IDisposable
{
    const int ReadWrite = 2, NoControl = 0x100, CloseOnExec = 0x80000;
    const nuint SetWindowSize = 0x5414; // TIOCSWINSZ

    static readonly byte[] EndOfInput = [4]; // Ctrl-D

    readonly SafeFileHandle master;
    readonly FileStream stream;

    /// <exception cref="PodAccessException">The system gives no more terminals.</exception>
    public PseudoTerminal()
    {
        master = new SafeFileHandle(posix_openpt(ReadWrite | NoControl | CloseOnExec), ownsHandle: true);
        Span<byte> name = stackalloc byte[64];
        if (master.IsInvalid || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, ref name[0], (nuint)name.Length) != 0)
        {
            master.Dispose();
            throw new PodAccessException("this node has no terminal left to give (see /proc/sys/kernel/pty); try without --tty");
        }
        Path = System.Text.Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        stream = new FileStream(master, FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>Where a process opens it.</summary>
    public string Path { get; }

    public void Resize(TerminalSize size)
    {
        Span<ushort> window = [size.Rows, size.Columns, 0, 0];
        _ = ioctl(master, SetWindowSize, ref window[0]);
    }

    public async Task FollowSizesAsync(ChannelReader<TerminalSize> sizes, CancellationToken cancel)
    {
        await foreach (var size in sizes.ReadAllAsync(cancel).ConfigureAwait(false)) Resize(size);
    }

    /// <summary>Types what is read, and the sign for its end.</summary>
    public async Task TypeAsync(Stream input, CancellationToken cancel)
    {
        var buffer = new byte[4 << 10];
        while (await input.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
            await stream.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
        await stream.WriteAsync(EndOfInput, cancel).ConfigureAwait(false);
    }

    /// <summary>Completes when the last process has let go of the terminal.</summary>
    public async Task CopyToAsync(Stream output, CancellationToken cancel)
    {
        var buffer = new byte[16 << 10];
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return; // the kernel's way to say so (EIO)
            }
            if (read == 0) return;
            await output.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => stream.Dispose();

    [LibraryImport("libc")] private static partial int posix_openpt(int flags);
    [LibraryImport("libc")] private static partial int grantpt(SafeFileHandle master);
    [LibraryImport("libc")] private static partial int unlockpt(SafeFileHandle master);
    [LibraryImport("libc")] private static partial int ptsname_r(SafeFileHandle master, ref byte name, nuint length);
    [LibraryImport("libc")] private static partial int ioctl(SafeFileHandle master, nuint request, ref ushort window);
}
