using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// A derived pod and all that the tables say of it. Every node derives the same slots from the same rows.
/// Mutable, owned by <see cref="SlotTable"/>; others read it during a turn and keep only its id.
/// </summary>
sealed class Slot
{
    public required PodId Id { get; init; }
    public required ObjectName Workload { get; init; }
    /// <summary>The pod's own name: of a bare Pod the object's, else <c>WORKLOAD-HASH-ORDINAL</c>.</summary>
    public string Name => PodName.Of(this).ToString();
    public required PodTemplate Template { get; init; }

    /// <summary>The workload (still) wants it. False for a slot that only lives in admissions that are to be drained.</summary>
    public bool IsDesired { get; internal set; }

    /// <summary>It waits for somebody to take its scheduling gates away: until then there is no auction.</summary>
    public bool IsGated => !Template.SchedulingGates.IsEmpty;

    /// <summary>It is a singleton, and there is nobody to grant it. Written by <see cref="VoterBook"/>.</summary>
    public bool LacksVoters { get; internal set; }

    public Epoch LeastEpoch { get; internal set; }

    /// <summary>Why the runs before the least epoch ended.</summary>
    public RunEnd LeastBecause { get; internal set; }

    /// <summary>That run was evicted, and its pod is to run elsewhere.</summary>
    public bool IsEvicted(Epoch epoch) => IsDesired && LeastBecause == RunEnd.Evicted && epoch < LeastEpoch;
    public bool Succeeded { get; internal set; }
    public ImmutableArray<Epoch> FailedEpochs { get; internal set; } = [];

    /// <summary>Every admission the tables hold for it, first in order first (<see cref="Admission.Precedes"/>).</summary>
    public ImmutableArray<Admission> Admissions { get; internal set; } = [];

    /// <summary>The latest round that any auctioneer published: of a row that can be read.</summary>
    public RoundSummary? Summary => SummaryRow is { } row ? new RoundSummary(row[Fields.Round]!.Value.Value) : null;

    /// <summary>What is read of it again and again.</summary>
    internal RoundHead? LastRound => SummaryRow is { } row ? PodFacts.HeadOf(row) : null;

    internal Row? SummaryRow { get; set; }

    /// <summary>What its rows say; null while there are none.</summary>
    internal PodFacts? Facts { get; set; }

    /// <summary>A row of <see cref="Replication.RowKind.Slot"/> that holds facts about it, to edit; none: create one.</summary>
    public Uid? FactsRow => Facts?.FactsRow;

    /// <summary>The greatest epoch of any admission ever seen for it, here, by who called the round that was told last, or by who refused an older one.</summary>
    public Epoch GreatestEpoch { get; internal set; }

    /// <summary>The epoch of its next admission: 1 + the greatest ever seen, and at least the least epoch.</summary>
    public Epoch NextEpoch => Epoch.Max(GreatestEpoch.Next, LeastEpoch);

    /// <summary>The gang that its template names; null for a pod on its own.</summary>
    public Gang? Gang { get; internal set; }

    /// <summary>Whose successor on the ring calls its auctions: its gang's point, or its chunk's.</summary>
    public ulong Point => Gang?.Point ?? Chunk.PointOf(Id);

    /// <summary>What placing it has to do with other pods; null when nothing.</summary>
    internal PlacementRules? Rules { get; set; }

    /// <summary>Where it is counted, while it has rules.</summary>
    internal ImmutableArray<Place> Places { get; set; } = [];

    /// <summary>Which disruption budgets count it, and how.</summary>
    internal BudgetShare Budgets { get; set; } = BudgetShare.None;

    /// <summary>The number of the change that touched it last (<see cref="SlotTable.Version"/>).</summary>
    public ulong Version { get; internal set; }

    /// <summary>On this node's monotonic clock, since when the slot has been open; null while it is not.</summary>
    public Instant? OpenSince { get; internal set; }
}
