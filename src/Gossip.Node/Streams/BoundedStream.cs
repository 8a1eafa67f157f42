namespace Gossip.Node.Streams;

/// <summary>Keeps what is written, and throws for more than there may be.</summary>
sealed class BoundedStream(int most) : OutputStream
{
    readonly MemoryStream kept = new();

    public byte[] ToArray() => kept.ToArray();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (kept.Length + buffer.Length > most) throw new IOException($"more than {most} bytes came");
        kept.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
