namespace Gossip.Node.Streams;

/// <summary>What we send on one channel, as a stream for one writer: waits while the peer has not granted more.</summary>
/// <param name="gone">The peer is.</param>
sealed class OutputChannel(Func<ReadOnlyMemory<byte>, ValueTask> send, CancellationToken gone) : OutputStream
{
    readonly SemaphoreSlim granted = new(0);
    int credit = InputChannel.Window;

    /// <summary>The peer read so much. False when that is more than it got.</summary>
    public bool TryGrant(int bytes)
    {
        if (bytes is <= 0 or > InputChannel.Window || Interlocked.Add(ref credit, bytes) > InputChannel.Window) return false;
        granted.Release();
        return true;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var most = Math.Min(buffer.Length, SealedConnection.Data);
            var taken = Math.Min(most, Volatile.Read(ref credit));
            if (taken == 0)
            {
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            Interlocked.Add(ref credit, -taken);
            await send(buffer[..taken]).ConfigureAwait(false);
            buffer = buffer[taken..];
        }
    }

    async Task WaitAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, cancel);
        try
        {
            await granted.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ConnectionLost("the other node is gone");
        }
    }
}
