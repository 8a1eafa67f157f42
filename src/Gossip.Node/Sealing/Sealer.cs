using System.Buffers.Binary;
using System.Security.Cryptography;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Node.Sealing;

/// <summary>
/// Seals texts under the primary key with AES-256-GCM. A sealer is one session: its counter orders what it sealed.
/// Allocates nothing. Not thread-safe.
/// </summary>
sealed class Sealer : IDisposable
{
    readonly AesGcm cipher;
    readonly SealContext context;
    readonly uint key;
    readonly ulong lastCounter;
    ulong session;
    ulong counter;

    /// <param name="lastCounter">Only a test has a session end before its nonces do.</param>
    public Sealer(Keyring keyring, SealContext context, ulong lastCounter = uint.MaxValue)
    {
        Check.That(lastCounter is > 0 and <= uint.MaxValue);
        cipher = new AesGcm(keyring.Primary.Bytes.Span, SealHeader.TagLength);
        key = keyring.Primary.Id;
        this.context = context.Copy();
        this.lastCounter = lastCounter;
        NewSession();
    }

    /// <summary>Seals <paramref name="text"/>; returns how many bytes of <paramref name="into"/> it took.</summary>
    public int Seal(ReadOnlySpan<byte> text, Span<byte> into)
    {
        if (counter > lastCounter) NewSession();
        var header = new SealHeader(context.Tag, key, session, counter++);
        header.Write(into);
        header.Write(context.AssociatedData);
        Span<byte> nonce = stackalloc byte[SealHeader.NonceLength];
        header.WriteNonce(nonce);
        cipher.Encrypt(nonce, text, into.Slice(SealHeader.Length, text.Length),
            into.Slice(SealHeader.Length + text.Length, SealHeader.TagLength), context.AssociatedData);
        return text.Length + Limits.SealOverhead;
    }

    public void Dispose() => cipher.Dispose();

    void NewSession()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        session = BinaryPrimitives.ReadUInt64LittleEndian(random);
        counter = 0;
    }
}
