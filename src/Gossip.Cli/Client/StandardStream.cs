using System.Runtime.InteropServices;

namespace Gossip.Cli.Client;

/// <summary>
/// Standard output and errors as they are. <see cref="Console"/>'s own streams keep silent when nobody reads any more, and
/// <c>gossip logs -f … | head</c> would follow for ever.
/// </summary>
static class StandardStream
{
    public static readonly Stream Output = Open(1), Errors = Open(2);

    static Stream Open(int descriptor) =>
        !OperatingSystem.IsWindows() ? new Descriptor(descriptor)
        : descriptor == 1 ? Console.OpenStandardOutput()
        : Console.OpenStandardError();

    /// <summary>By write(2), from where the descriptor stands: another process may share it.</summary>
    sealed class Descriptor(int descriptor) : Stream
    {
        const int Interrupted = 4, TryAgain = 11, TryAgainMac = 35; // EINTR, EAGAIN

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                var written = write(descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
                if (written >= 0) buffer = buffer[(int)written..];
                else if (Marshal.GetLastPInvokeError() is TryAgain or TryAgainMac) Thread.Sleep(1); // somebody made the terminal not wait
                else if (Marshal.GetLastPInvokeError() != Interrupted) throw new NobodyReads();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }

    [DllImport("libc", SetLastError = true)]
    static extern nint write(int descriptor, in byte buffer, nint count);
}

/// <summary>Whoever read our output has left: there is nobody to tell it to.</summary>
sealed class NobodyReads : Exception;
