using System.Buffers.Binary;
using System.Text;

namespace Gossip.Core.Primitives;

/// <summary>
/// 64-bit hashes that are the same in every process, on every machine, for ever: they name nodes and pods and place
/// them on the ring, so changing one is a change of the wire. Not for secrets. The finaliser is SplitMix64's
/// (Steele, Lea, Flood 2014), a bijection with full avalanche; bytes are folded eight at a time.
/// </summary>
static class StableHash
{
    const ulong Golden = 0x9E3779B97F4A7C15UL;

    /// <summary>Scrambles one number.</summary>
    public static ulong Mix(ulong x)
    {
        x += Golden;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    /// <summary>Folds <paramref name="next"/> into <paramref name="seed"/>; order matters.</summary>
    public static ulong Mix(ulong seed, ulong next) => Mix(seed ^ Mix(next));

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Mix((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        if (bytes.IsEmpty) return hash;
        var tail = 0UL;
        for (var i = bytes.Length - 1; i >= 0; i--) tail = tail << 8 | bytes[i];
        return Mix(hash, tail);
    }

    public static ulong Of(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, utf8, out var length)
            ? Of(utf8[..length])
            : Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>128 bits written as a GUID is written.</summary>
    public static string GuidText(ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
