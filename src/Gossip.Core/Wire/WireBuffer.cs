using System.Buffers;

namespace Gossip.Core.Wire;

/// <summary>A growing byte buffer that is written, read as a span, and cleared for the next turn: no allocation once warm.</summary>
sealed class WireBuffer(int capacity = 4096) : IBufferWriter<byte>
{
    byte[] bytes = new byte[capacity];

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);
    public ReadOnlyMemory<byte> WrittenMemory => bytes.AsMemory(0, Length);
    public void Clear() => Length = 0;

    /// <summary>The bytes at an offset already written, to fill in a length or a count afterwards.</summary>
    public Span<byte> At(int offset, int length) => bytes.AsSpan(offset, length);

    /// <summary>Takes back everything after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> more)
    {
        more.CopyTo(GetSpan(more.Length));
        Length += more.Length;
    }

    void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 256);
        if (needed > bytes.Length) Array.Resize(ref bytes, Math.Max(needed, bytes.Length * 2));
    }
}
