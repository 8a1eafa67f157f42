using System.Buffers.Binary;
using Gossip.Core.Primitives;

namespace Gossip.Simulation.Time;

/// <summary>
/// A hash over every event in order: what happened, to whom, when, with which bytes. Two runs with the same hash ran
/// the same. Bytes are folded with a multiply a word, since a node's handling costs not much more than that.
/// </summary>
internal struct TraceHash(ulong seed)
{
    const ulong Odd = 0x9FB21C651E98DF25UL;
    ulong state = StableHash.Mix(seed);

    public readonly ulong Value => StableHash.Mix(state);

    public void Add(ulong word) => state = (ulong.RotateLeft(state, 23) ^ word) * Odd;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (var b in bytes) Add(b);
    }
}
