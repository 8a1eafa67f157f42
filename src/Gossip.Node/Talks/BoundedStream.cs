namespace Gossip.Node.Talks;

/// <summary>Keeps what is written, and throws for more than there may be.</summary>
sealed class BoundedStream(int most) : MemoryStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Length + buffer.Length > most) throw new IOException($"more than {most} bytes came");
        base.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
