using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>One node's answer in a round: a bid with its score, or a refusal with its reason.</summary>
/// <param name="Score">Of a bid; -1 for a refusal.</param>
/// <param name="Says">A refusal's reason; of a bid what its host app's scores say, mostly nothing.</param>
public readonly record struct RoundAnswer(NodeId Node, int Score, string Says)
{
    /// <summary>Whether the node bid; otherwise it refused.</summary>
    public bool IsBid => Score >= 0;

    /// <summary>What a bid's score is made of.</summary>
    public ScoreParts Parts { get; init; }

    /// <summary>What a bid costs others, as far as its words need it: without sum and time. Null when it evicts nobody.</summary>
    public PreemptionCost? Evicts { get; init; }

    /// <summary>For people: a bid's cost and its scores by name, a refusal's reason.</summary>
    public string Why
    {
        get
        {
            var parts = Parts.Count == 0 ? Says : Says.Length == 0 ? Parts.ToString() : $"{Parts}, {Says}";
            return Evicts is not { } cost ? parts : parts.Length == 0 ? cost.ToString() : $"{cost}; {parts}";
        }
    }
}

/// <summary>Why a node was not asked, by hearsay: a round passes over many for each that it tells of.</summary>
readonly record struct NodeRefusal(NodeId Node, string Why);

/// <summary>
/// The last round of a pod's auction, as its auctioneer published it: what <c>why</c> shows on every node. It is held as the
/// bytes of its cell, and read when somebody asks: there is one for each pod in every node's memory.
/// </summary>
public sealed class RoundSummary
{
    /// <summary>16 answers of about 60 bytes fill a datagram.</summary>
    public const int AnswersMax = 16;

    /// <summary>Of a pod that has its place: the counts tell of the rest.</summary>
    public const int AnswersOfPlaced = 5;

    /// <param name="asked">How many were; those of them that bid are among the <paramref name="bids"/>.</param>
    /// <param name="winner">Who was awarded and admitted, or <see cref="NodeId.None"/> while it is pending.</param>
    /// <param name="answers">In the order in which they are shown: of too many the last are left out, and long reasons are cut.</param>
    /// <param name="gang">Of a gang that does not stand, what the attempt came to: "gang train needs 8 together, 5 fit". Else empty.</param>
    public RoundSummary(PodRun run, NodeId auctioneer, uint round, int asked, int bids, NodeId winner, Stamp at, ReadOnlySpan<RoundAnswer> answers, string gang = "") =>
        Cell = RoundSummaryCodec.Write(new RoundHead(run, auctioneer, round, asked, bids, winner, at), answers, gang);

    /// <param name="cell">Looked through by <see cref="RoundSummaryCodec.Read"/>.</param>
    internal RoundSummary(ReadOnlyMemory<byte> cell) => Cell = cell;

    /// <summary>The round cell of its row.</summary>
    internal ReadOnlyMemory<byte> Cell { get; }

    /// <summary>All but what was answered.</summary>
    public RoundHead Head => RoundSummaryCodec.ReadHead(Cell, out _);

    /// <summary>The run that was placed.</summary>
    public PodRun Run => Head.Run;

    /// <summary>Who asked.</summary>
    public NodeId Auctioneer => Head.Auctioneer;

    /// <summary>Who won; none when nobody bid.</summary>
    public NodeId Winner => Head.Winner;

    /// <summary>When the round ended.</summary>
    public Stamp At => Head.At;

    /// <summary>How many nodes were asked.</summary>
    public int Asked => Head.Asked;

    /// <summary>Read anew at each call.</summary>
    public ImmutableArray<RoundAnswer> Answers => RoundSummaryCodec.ReadAnswers(Cell);

    /// <summary>Of a gang that does not stand, what the attempt came to; else empty.</summary>
    public string Gang => RoundSummaryCodec.ReadGang(Cell);

    /// <summary>Says the same as another round of the same run, whenever that was.</summary>
    internal bool SaysTheSame(RoundSummary other)
    {
        var (mine, its) = (RoundSummaryCodec.ReadHead(Cell, out var from), RoundSummaryCodec.ReadHead(other.Cell, out var itsFrom));
        return mine.Run == its.Run && mine.Winner == its.Winner && Cell.Span[from..].SequenceEqual(other.Cell.Span[itsFrom..]);
    }
}

/// <param name="Bids">How many bid, whether or not their answers are shown.</param>
/// <param name="Winner">Who was awarded and admitted, or <see cref="NodeId.None"/> while it is pending.</param>
public readonly record struct RoundHead(PodRun Run, NodeId Auctioneer, uint Round, int Asked, int Bids, NodeId Winner, Stamp At);
