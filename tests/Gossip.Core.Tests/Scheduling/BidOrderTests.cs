using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class BidOrderTests
{
    /// <summary>A2: the same bids, the same winner, in whatever order they arrived.</summary>
    [Property]
    public void The_winner_does_not_depend_on_the_order_of_arrival(byte[] scores, ulong seed)
    {
        var run = Some.Run(3);
        var bids = scores.Select((score, i) => (Node: new NodeId((ulong)i * 77), Score: score % 4)).ToArray();
        if (bids.Length == 0) return;
        var first = Winner(run, bids);
        new RandomStream(seed).Shuffle(bids.AsSpan());
        Assert.Equal(first, Winner(run, bids));
        Assert.Equal(bids.Max(bid => bid.Score), bids.First(bid => bid.Node == first).Score);
    }

    [Fact]
    public void Equal_nodes_take_turns_over_pods()
    {
        var wins = Enumerable.Range(0, 100).Count(pod => BidOrder.Compare(Some.Run(pod), new NodeId(1), 5, new NodeId(2), 5) > 0);
        Assert.InRange(wins, 25, 75);
    }

    static NodeId Winner(PodRun run, (NodeId Node, int Score)[] bids)
    {
        var round = new Round(1, run);
        foreach (var (node, score) in bids)
        {
            var candidate = new Candidate(node, NodeAddress.None);
            candidate.TakeBid(score);
            round.Asked.Add(candidate);
        }
        return round.Best(run, turn: 1)!.Node;
    }
}
