using System.Security.Cryptography;
using Gossip.Core.Wire;

namespace Gossip.Node.Sealing;

/// <summary>
/// Opens what a <see cref="Sealer"/> of the same cluster sealed; all else gets its reason. Nothing is believed before the
/// tag verified: the checks before it only spare work. Never throws for what arrived; allocates only for a forgery,
/// whose refusal is an exception inside the runtime. Not thread-safe.
/// </summary>
/// <param name="order">Decides by session and counter, once the text is known to be authentic.</param>
/// <param name="longest">Of the sealed text, in bytes.</param>
sealed class Opener(Keyring keyring, SealContext cluster, IReplayOrder order, int longest) : IDisposable
{
    readonly SealContext context = cluster.Copy();
    readonly (uint Id, AesGcm Cipher)[] keys =
        [.. keyring.Keys.Select(key => (key.Id, new AesGcm(key.Bytes.Span, SealHeader.TagLength)))];

    /// <param name="into">At least as long as the text, which is <see cref="Limits.SealOverhead"/> shorter than the sealed one.</param>
    public Reject Open(ReadOnlySpan<byte> @sealed, Span<byte> into, out int length)
    {
        length = 0;
        if (@sealed.Length > longest) return Reject.TooLarge;
        if (@sealed.IsEmpty) return Reject.Truncated;
        if (@sealed[0] != SealHeader.Version) return Reject.OldVersion;
        if (@sealed.Length < Limits.SealOverhead) return Reject.Truncated;
        var header = SealHeader.Read(@sealed);
        if (header.Cluster != context.Tag) return Reject.WrongCluster;
        if (header.Counter > uint.MaxValue) return Reject.Forged; // no sealer goes there: the nonce would come again
        var cipher = Find(header.Key);
        if (cipher is null) return Reject.UnknownKey;

        var text = @sealed.Length - Limits.SealOverhead;
        header.Write(context.AssociatedData);
        Span<byte> nonce = stackalloc byte[SealHeader.NonceLength];
        header.WriteNonce(nonce);
        try
        {
            cipher.Decrypt(nonce, @sealed.Slice(SealHeader.Length, text), @sealed[^SealHeader.TagLength..], into[..text], context.AssociatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            return Reject.Forged;
        }
        if (!order.Accept(header.Session, header.Counter)) return Reject.Replayed;
        length = text;
        return Reject.None;
    }

    public void Dispose()
    {
        foreach (var (_, cipher) in keys) cipher.Dispose();
    }

    AesGcm? Find(uint id)
    {
        foreach (var key in keys)
            if (key.Id == id) return key.Cipher;
        return null;
    }
}
