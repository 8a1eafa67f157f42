namespace Gossip.Simulation.Time;

/// <summary>Buffers for bytes under way, by power of two, for one simulation on one thread.</summary>
internal sealed class BufferPool
{
    const int Smallest = 8; // 256 bytes
    readonly Stack<byte[]>[] shelves = [.. Enumerable.Range(0, 24).Select(_ => new Stack<byte[]>())];

    public byte[] Rent(int length)
    {
        var shelf = Shelf(length);
        return shelves[shelf].TryPop(out var buffer) ? buffer : new byte[1 << (shelf + Smallest)];
    }

    public void Return(byte[] buffer) => shelves[Shelf(buffer.Length)].Push(buffer);

    static int Shelf(int length) =>
        Math.Max(0, 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Math.Max(1, length) - 1) - Smallest);
}
