using System.Text;

namespace Gossip.Node.Sealing;

/// <summary>
/// What both ends know beside the key, authenticated with every text: the cluster's label, and for a stream the
/// challenge of the one who accepted it, so that a recorded stream opens nowhere else and never again, and a datagram never
/// passes for a frame.
/// </summary>
sealed class SealContext
{
    public const int ChallengeLength = 16;

    readonly byte[] label;

    SealContext(string cluster, byte[] label, ReadOnlySpan<byte> challenge)
    {
        Cluster = cluster;
        this.label = label;
        Tag = SealHeader.Tag("gossip cluster", label);
        AssociatedData = new byte[SealHeader.Length + label.Length + challenge.Length];
        label.CopyTo(AssociatedData, SealHeader.Length);
        challenge.CopyTo(AssociatedData.AsSpan(SealHeader.Length + label.Length));
    }

    public static SealContext ForDatagrams(string cluster) => new(cluster, Encoding.UTF8.GetBytes(cluster), []);

    public SealContext ForStream(ReadOnlySpan<byte> challenge) => new(Cluster, label, challenge);

    /// <summary>
    /// Of what the one who accepted a session answers: both challenges, so that neither a frame of the other direction nor one of
    /// another session passes for an answer.
    /// </summary>
    public SealContext ForReply(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> callers) => new(Cluster, label, [.. challenge, .. callers]);

    /// <summary>A copy for one sealer or opener, which writes into its associated data.</summary>
    public SealContext Copy() => new(Cluster, label, AssociatedData.AsSpan(SealHeader.Length + label.Length));

    public string Cluster { get; }
    public uint Tag { get; }

    /// <summary>Room for the header, then what both know.</summary>
    public byte[] AssociatedData { get; }
}
