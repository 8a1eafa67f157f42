using BenchmarkDotNet.Attributes;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;

namespace Gossip.Bench;

/// <summary>
/// The decision for one pod, without the messages: filter and score those who are asked, and choose the winner. The
/// baseline asks everybody; we ask the first few on the ring, so that the work for a pod does not grow with the cluster.
/// </summary>
[MemoryDiagnoser]
public class AuctionBench
{
    sealed class FixedMembers(Member[] members) : IMemberList
    {
        public NodeId Self => members[0].Id;
        public Member? Find(NodeId node) => Array.Find(members, member => member.Id == node);
        public ReadOnlySpan<Member> All => members;
        public ReadOnlySpan<Member> Live => members;
    }

    readonly PodTemplate pod = Samples.Pod();
    FixedMembers members = null!;
    int ordinal;

    [Params(10, 100, 1000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Setup() => members = new FixedMembers([.. Enumerable.Range(0, Nodes).Select(Samples.Member).OrderBy(member => member.Id.Value)]);

    [Benchmark(Baseline = true)]
    public NodeId AskEverybody()
    {
        var round = new Round(this);
        foreach (var member in members.Live) round.Ask(member);
        return round.Winner;
    }

    [Benchmark]
    public NodeId AskAFew()
    {
        var round = new Round(this);
        var width = Candidates.Width(Nodes, emptyRounds: 0);
        for (var i = 0; i < width; i++)
            round.Ask(members.Live[members.Successor(StableHash.Mix(round.Run.Pod.Hash(), (ulong)i))]);
        return round.Winner;
    }

    struct Round(AuctionBench bench)
    {
        public readonly PodRun Run = new(new PodId(new Uid(1, 2), bench.ordinal++ & 1023, bench.pod.Hash), Epoch.First);
        int best = -1;

        public NodeId Winner { get; private set; }

        public void Ask(Member member)
        {
            var card = member.Card;
            var facts = new NodeFacts(
                card.Name, card.Labels, card.Taints, false, card.Runtimes, card.Allocatable, member.Capacity.Free, "", null, 0);
            if (!Filtering.Passes(bench.pod, facts)) return;
            var score = Scoring.Score(bench.pod, facts);
            if (best >= 0 && BidOrder.Compare(Run, member.Id, score, Winner, best) <= 0) return;
            best = score;
            Winner = member.Id;
        }
    }
}
