using Gossip.Core.Model;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A2: the same bids give the same winner, in whatever order they came. This keeps each auction's bids as a set of
/// its own and says who must be awarded first: who evicts nobody, or costs others least, then the greatest score, then hash of pod, epoch and node, then node id.
/// </summary>
internal sealed class WinnerChecker(World world) : Checker(world, "A2")
{
    /// <summary>The answers of each auction, the first of each node; null once it has awarded.</summary>
    readonly Dictionary<(int Auctioneer, ulong Auction, PodRun Run), List<(NodeId Node, int Score, PreemptionCost? Evicts)>?> auctions = [];

    public override void MessageArrives(SimNode at, NodeId sender, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind == MessageKind.Bid && AuctionWire.Read<Bid>(body) is var bid) Answer(at, bid.Auction, bid.Run, sender, IsTooMuch(at, bid.Score) ? -1 : bid.Score, bid.Evicts);
        else if (kind == MessageKind.Refusal && AuctionWire.Read<Refusal>(body) is var refusal) Answer(at, refusal.Auction, refusal.Run, sender, -1, null);
    }

    /// <summary>Only the first award: the next bidder's follows a refusal or a silence, which others check.</summary>
    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Award) return;
        var award = AuctionWire.Read<Award>(body);
        var key = (from.Index, award.Auction, award.Run);
        if (!auctions.TryGetValue(key, out var bids) || bids is null) return;
        auctions[key] = null;
        bids.RemoveAll(answer => answer.Score < 0);
        World.Sometimes.Count(bids.Count > 1 ? "several nodes bid" : "one node bids");
        var awarded = World.Nodes[SimNetwork.IndexOf(to)];
        foreach (var bid in bids)
            if (bid.Node != awarded.Id && bids.Find(won => won.Node == awarded.Id) is var won && Beats(award.Run, bid, won) && (bid.Evicts is not null || !IsForbidden(from, award.Run.Pod, bid.Node)))
                Violated(from, $"awards {award.Run} to {awarded.Config.Card.Name}, and {World.NodeOf(bid.Node)?.Config.Card.Name} bid more");
    }

    /// <summary>No honest bid is that high where pods ask for no devices. What the auctioneer knows of those when the bid arrives counts: it may hear of them before it awards.</summary>
    static bool IsTooMuch(SimNode auctioneer, int score) => score > Scoring.Greatest && !auctioneer.Machine!.Slots.Typical.HaveDevices;

    /// <summary>What the auctioneer placed since that node bid counts there already, and rules between pods now forbid it the pod.</summary>
    static bool IsForbidden(SimNode auctioneer, PodId pod, NodeId node)
    {
        var slots = auctioneer.Machine!.Slots;
        if (slots.Find(pod) is not { } slot) return false;
        var facts = default(NodeFacts) with { Labels = slots.SettingsOf(node).Labels, Around = slots.Placed.Around(slot) };
        return !Filtering.CheckNeighbours(slot.Template, facts).Passes;
    }

    void Answer(SimNode auctioneer, ulong auction, PodRun run, NodeId node, int score, PreemptionCost? evicts)
    {
        var key = (auctioneer.Index, auction, run);
        if (!auctions.TryGetValue(key, out var answers)) auctions.Add(key, answers = []);
        if (answers is not null && !answers.Exists(known => known.Node == node)) answers.Add((node, score, evicts));
    }

    static bool Beats(PodRun run, (NodeId Node, int Score, PreemptionCost? Evicts) a, (NodeId Node, int Score, PreemptionCost? Evicts) b)
    {
        if (a.Evicts is null != b.Evicts is null) return a.Evicts is null;
        if (a.Evicts is { } mine && mine.CompareTo(b.Evicts!.Value) is not 0 and var byCost) return byCost < 0;
        if (a.Score != b.Score) return a.Score > b.Score;
        ulong first = Tie(run, a.Node), second = Tie(run, b.Node);
        return first != second ? first > second : a.Node.CompareTo(b.Node) > 0;
    }

    static ulong Tie(PodRun run, NodeId node) =>
        StableHash.Mix(StableHash.Mix(run.Pod.Hash(), run.Epoch.Value), node.Value);
}
