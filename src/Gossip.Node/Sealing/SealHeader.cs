using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Node.Sealing;

/// <summary>
/// What stands in clear before every sealed text: version 1, cluster tag 4, key id 4, session 8, counter 8; little-endian.
/// The tag of 16 comes last. All of it is authenticated.
/// </summary>
/// <remarks>
/// The nonce of AES-GCM is session (64 random bits, fresh for each sealer) and the low 32 bits of the counter. A sealer
/// never seals two texts at one counter and takes a new session before the counter leaves 32 bits, so a nonce comes
/// twice under a key only when two sessions are drawn alike: with 10^6 sessions under one key (a thousand nodes,
/// each with a thousand restarts and connections between two rotations) 10^12 / 2^65 = 3 in 10^8.
/// </remarks>
readonly record struct SealHeader(uint Cluster, uint Key, ulong Session, ulong Counter)
{
    public const byte Version = 1;
    public const int Length = 25;
    public const int TagLength = 16;
    public const int NonceLength = 12;

    static SealHeader() => Check.That(Length + TagLength == Limits.SealOverhead);

    public void Write(Span<byte> into)
    {
        into[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(into[1..], Cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(into[5..], Key);
        BinaryPrimitives.WriteUInt64LittleEndian(into[9..], Session);
        BinaryPrimitives.WriteUInt64LittleEndian(into[17..], Counter);
    }

    public static SealHeader Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(from[1..]),
        BinaryPrimitives.ReadUInt32LittleEndian(from[5..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[9..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[17..]));

    public void WriteNonce(Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, Session);
        BinaryPrimitives.WriteUInt32LittleEndian(nonce[8..], (uint)Counter);
    }

    /// <summary>32 bits that tell clusters or keys apart and say nothing about the key.</summary>
    public static uint Tag(string purpose, ReadOnlySpan<byte> of)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(purpose), of, hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }
}
