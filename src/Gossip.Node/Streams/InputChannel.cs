using System.IO.Pipelines;

namespace Gossip.Node.Streams;

/// <summary>
/// What the peer sends on one channel, as a stream. It may send as much as it was granted, no more; what was read is granted
/// again. So the one who receives frames never waits for the one who reads here, and no slow reader fills our memory.
/// </summary>
/// <param name="grant">Tells the peer how many bytes more it may send.</param>
sealed class InputChannel(Func<int, ValueTask> grant) : OneWayStream
{
    /// <summary>At 1 ms between nodes this is 250 MB/s.</summary>
    public const int Window = 256 * 1024;

    readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    int pending; // received, and not granted again
    int read; // of those, not granted again yet
    volatile bool completed;

    public override bool CanRead => true;

    /// <summary>Takes what arrived. False when it is more than was granted.</summary>
    public bool TryTake(ReadOnlySpan<byte> data)
    {
        if (Interlocked.Add(ref pending, data.Length) > Window) return false;
        if (completed) return true; // its reader had enough
        data.CopyTo(pipe.Writer.GetSpan(data.Length));
        pipe.Writer.Advance(data.Length);
        _ = pipe.Writer.FlushAsync(); // completes at once: the window is its bound
        return true;
    }

    /// <summary>Nothing more comes. Called by the one who receives.</summary>
    public void End(Exception? why = null)
    {
        if (completed) return;
        completed = true;
        pipe.Writer.Complete(why);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        var result = await pipe.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var taken = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var rest = result.Buffer.Slice(0, taken);
        foreach (var segment in rest)
        {
            segment.CopyTo(buffer);
            buffer = buffer[segment.Length..];
        }
        pipe.Reader.AdvanceTo(rest.End);
        read += taken;
        if (read >= Window / 2 && !completed)
        {
            var granted = read;
            read = 0;
            Interlocked.Add(ref pending, -granted);
            try
            {
                await grant(granted).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The peer is gone: what came before still counts.
            }
        }
        return taken;
    }
}
