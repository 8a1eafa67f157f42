using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A6: what it takes to place a pod that fits grows with the width of a round, and so with log n. Counts each pod's messages until its
/// first admission; somebody else says how many may be.
/// </summary>
internal sealed class AuctionCostChecker(World world) : Checker(world, "A6")
{
    readonly Dictionary<PodId, int> under = [];
    readonly Dictionary<PodId, int> placed = [];

    /// <summary>Messages that each pod which got a place took until then.</summary>
    public IReadOnlyCollection<int> Placed => placed.Values;

    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        PodRun run;
        var isEnd = false;
        switch (kind)
        {
            case MessageKind.Ask: run = Codec.Read<Ask>(body).Run; break;
            case MessageKind.Bid: run = Codec.Read<Bid>(body).Run; break;
            case MessageKind.Refusal: run = Codec.Read<Refusal>(body).Run; break;
            case MessageKind.Award: run = Codec.Read<Award>(body).Run; break;
            case MessageKind.Release: run = Codec.Read<Release>(body).Run; break;
            case MessageKind.Unheard: run = Codec.Read<Unheard>(body).Run; break;
            case MessageKind.Verdict:
                (_, run, isEnd, _) = Codec.Read<Verdict>(body);
                break;
            default: return;
        }
        if (placed.ContainsKey(run.Pod)) return;
        under[run.Pod] = under.GetValueOrDefault(run.Pod) + 1;
        if (isEnd) placed[run.Pod] = under[run.Pod];
    }
}
