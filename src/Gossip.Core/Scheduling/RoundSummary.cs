using System.Collections.Immutable;
using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

/// <summary>One node's answer in a round: a bid with its score, or a refusal with its reason.</summary>
/// <param name="Score">Of a bid; -1 for a refusal.</param>
/// <param name="Why">A bid's scores by name, a refusal's reason.</param>
public readonly record struct RoundAnswer(NodeId Node, int Score, string Why)
{
    public bool IsBid => Score >= 0;

    /// <summary>A bid at the cost of others, whose <see cref="Why"/> begins with that.</summary>
    public bool Evicts => IsBid && Preemption.PreemptionCost.IsAt(Why);
}

/// <summary>
/// The last round of a pod's auction, as its auctioneer published it: what <c>why</c> shows on every node. At most
/// <see cref="AnswersMax"/> answers travel; the counts tell of the rest.
/// </summary>
/// <param name="Winner">Who was awarded and admitted, or <see cref="NodeId.None"/> while it is pending.</param>
public sealed record RoundSummary(
    PodRun Run, NodeId Auctioneer, uint Round, int Asked, NodeId Winner, Stamp At, ImmutableArray<RoundAnswer> Answers)
{
    /// <summary>16 answers of about 60 bytes fill a datagram.</summary>
    public const int AnswersMax = 16;

    readonly ReadOnlyMemory<byte> packed;

    /// <summary>As they came, where they came from another node: they are read when somebody asks why, and there is a summary for each pod.</summary>
    internal ReadOnlyMemory<byte> Packed { init => packed = value; }

    public ImmutableArray<RoundAnswer> Answers { get => packed.IsEmpty ? field : RoundSummaryCodec.ReadAnswers(packed); init; } = Answers;

    /// <summary>Of a gang that does not stand, what the attempt came to: "gang train needs 8 together, 5 fit". Else empty.</summary>
    public string Gang { get; init; } = "";
}
