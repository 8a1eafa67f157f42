using Gossip.Core.Model;
using Gossip.Core.Scheduling;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A2: the same bids give the same winner, in whatever order they came. This keeps each auction's bids as a set of
/// its own and says who must be awarded first: the greatest score, then hash of pod, epoch and node, then node id.
/// </summary>
internal sealed class WinnerChecker(World world) : Checker(world, "A2")
{
    readonly Dictionary<(int Auctioneer, ulong Auction, PodRun Run), List<(NodeId Node, int Score)>> open = [];

    public override void Started(SimNode node)
    {
        foreach (var key in open.Keys.Where(key => key.Auctioneer == node.Index).ToArray()) open.Remove(key);
    }

    public override void MessageArrives(SimNode at, NodeId sender, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Bid) return;
        var bid = AuctionWire.Read<Bid>(body);
        var key = (at.Index, bid.Auction, bid.Run);
        if (!open.TryGetValue(key, out var bids)) open.Add(key, bids = []);
        if (!bids.Exists(known => known.Node == sender)) bids.Add((sender, bid.Score));
    }

    /// <summary>Only the first award: the next bidder's follows a refusal or a silence, which others check.</summary>
    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Award) return;
        var award = AuctionWire.Read<Award>(body);
        if (!open.Remove((from.Index, award.Auction, award.Run), out var bids)) return;
        World.Sometimes.Count(bids.Count > 1 ? "several nodes bid" : "one node bids");
        var best = bids[0];
        foreach (var bid in bids)
            if (Beats(award.Run, bid, best)) best = bid;
        var awarded = World.Nodes[SimNetwork.IndexOf(to)];
        if (awarded.Id != best.Node)
            Violated(from, $"awards {award.Run} to {awarded.Config.Card.Name}, and {World.NodeOf(best.Node)?.Config.Card.Name} bid more");
    }

    static bool Beats(PodRun run, (NodeId Node, int Score) a, (NodeId Node, int Score) b)
    {
        if (a.Score != b.Score) return a.Score > b.Score;
        ulong first = Tie(run, a.Node), second = Tie(run, b.Node);
        return first != second ? first > second : a.Node.CompareTo(b.Node) > 0;
    }

    static ulong Tie(PodRun run, NodeId node) =>
        StableHash.Mix(StableHash.Mix(run.Pod.Hash(), run.Epoch.Value), node.Value);
}
