using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Simulation;
using Gossip.Simulation.Checkers;
using Gossip.Simulation.Machines;

namespace Gossip.Bench.Scale;

/// <summary>Sees when a pod is admitted, on the node that admits it, and whether a node that lives is called dead.</summary>
sealed class Admissions(World world) : Checker(world, "BENCH")
{
    /// <summary>The latest of each pod.</summary>
    public Dictionary<PodId, TimeSpan> At { get; } = [];
    public int Count { get; private set; }

    /// <summary>Nodes that somebody called dead although their process ran and was to be reached.</summary>
    public int FalseDeaths { get; private set; }

    /// <summary>When the first node suspected a member that was gone.</summary>
    public TimeSpan? FirstSuspicion { get; set; }

    /// <summary>When the first node called a member dead that was.</summary>
    public TimeSpan? FirstDeath { get; set; }

    /// <summary>While this holds, deaths are meant: a partition.</summary>
    public bool DeathsAreMeant { get; set; }

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.Kind != RowKind.Admission || change.Before is not null || change.Uid.Birth.Writer != node.Machine!.Tables.Writer) return;
        var birth = AdmissionCodec.ReadBirth(change.After![Fields.Birth]!.Value.Value);
        At[birth.Run.Pod] = World.Elapsed;
        Count++;
    }

    public override void MemberChanged(SimNode node, in MemberChange change)
    {
        if (FirstSuspicion is null && change.After is { State: MemberState.Suspect } suspect && World.NodeOf(suspect.Id) is not { IsUp: true }) FirstSuspicion = World.Elapsed;
        if (change.After is not { State: MemberState.Dead } dead || change.Before is { State: MemberState.Dead }) return;
        if (World.NodeOf(dead.Id) is not { IsUp: true }) FirstDeath ??= World.Elapsed;
        else if (!DeathsAreMeant) FalseDeaths++;
    }
}
