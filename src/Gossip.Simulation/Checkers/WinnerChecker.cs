using Gossip.Core;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A2: the same bids give the same winners, in whatever order they came. This keeps each round's bids as a set of its own, and
/// says whom each pod of its batch, in order of ordinals, must be awarded: of the bids that are left, who evicts nobody, or costs others least, then
/// the greatest score, then hash of pod, epoch and node, then node id. And no bid is for two pods.
/// </summary>
internal sealed class WinnerChecker(World world) : Checker(world, "A2")
{
    readonly record struct Answered(NodeId Node, int Score, PreemptionCost? Evicts);

    /// <summary>One round: the first answers of each node until it awards, and then who was awarded what.</summary>
    sealed class Seen(PodRun lead)
    {
        public PodRun Lead => lead;
        public List<Answered> Answers { get; } = [];

        /// <summary>Of the turn in which it stopped asking, each pod's first; it may be refused within the turn, by the auctioneer's own node.</summary>
        public SortedList<int, (PodRun Run, NodeId Node)> Awards { get; } = [];
        public List<(NodeId Node, PodRun Run)> Given { get; } = [];
        public bool IsJudged { get; set; }
    }

    readonly Dictionary<(int Auctioneer, ulong Auction), Seen> rounds = [];
    readonly List<Seen> awarding = [];
    bool hasNews; // of places, since the input that is handled

    public override void MessageArrives(SimNode at, NodeId sender, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind == MessageKind.Bid && Codec.Read<Bid>(body) is var bid) Answer(at, bid.Auction, bid.Run, new Answered(sender, IsTooMuch(at, bid.Score) ? -1 : bid.Score, bid.Evicts));
        else if (kind == MessageKind.Refusal && Codec.Read<Refusal>(body) is var refusal) Answer(at, refusal.Auction, refusal.Run, new Answered(sender, -1, null));
    }

    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Award) return;
        var award = Codec.Read<Award>(body);
        if (!rounds.TryGetValue((from.Index, award.Auction), out var round) || round.Lead != award.Asked) return;
        var awarded = World.Nodes[SimNetwork.IndexOf(to)];
        if (round.Given.Find(given => given.Node == awarded.Id && given.Run != award.Run) is { Run: var other } && other != default)
            Violated(from, $"awards {awarded.Config.Card.Name} {award.Run} for a bid that it was awarded {other} for");
        round.Given.Add((awarded.Id, award.Run));
        if (round.IsJudged) return;
        if (round.Awards.Count == 0) awarding.Add(round);
        round.Awards.TryAdd(award.Run.Pod.Ordinal, (award.Run, awarded.Id));
    }

    public override void Before(SimNode node, in NodeInput input) => hasNews = false;

    public override void RowChanged(SimNode node, in RowChange change) => hasNews |= change.Kind == RowKind.Admission;

    /// <summary>Awards leave together. Later ones follow a refusal or a silence, which others check.</summary>
    public override void After(SimNode node, in NodeInput input)
    {
        foreach (var round in awarding) Judge(node, round);
        awarding.Clear();
    }

    void Judge(SimNode auctioneer, Seen round)
    {
        round.IsJudged = true;
        var left = round.Answers;
        left.RemoveAll(answer => answer.Score < 0);
        World.Sometimes.Count(left.Count > 1 ? "several nodes bid" : "one node bids");
        var isBatch = round.Awards.Count > 1;
        if (isBatch) World.Sometimes.Count("one round places several pods");
        // While several are awarded, or news comes in the same datagram, rules between pods forbid what they allow again a moment later.
        var slot = auctioneer.Machine!.Slots.Find(round.Lead.Pod);
        var hasMoved = isBatch || awarding.Count > 1 || hasNews;
        var mayBeForbidden = hasMoved && slot is { Rules.IsHard: true };
        var spreadsFirst = slot is { Template.SpreadsFirst: true };
        foreach (var (run, node) in round.Awards.Values)
        {
            var won = left.Find(bid => bid.Node == node);
            foreach (var bid in left)
            {
                if (bid.Node == node) continue;
                var isFewer = spreadsFirst ? Count(auctioneer, slot!, bid.Node).CompareTo(Count(auctioneer, slot!, node)) : 0;
                if (spreadsFirst && (hasMoved || isFewer > 0)) continue; // who has fewer comes before who bid more
                var may = bid.Evicts is not null || !mayBeForbidden && !IsForbidden(auctioneer, run.Pod, bid.Node);
                if (isFewer < 0 || may && Beats(run, bid, won))
                    Violated(auctioneer, $"awards {run} to {NameOf(node)}, and {NameOf(bid.Node)} {(isFewer < 0 ? "has fewer" : "bid more")}");
            }
            left.Remove(won);
        }
        left.Clear();
        round.Awards.Clear();
    }

    string? NameOf(NodeId node) => World.NodeOf(node)?.Config.Card.Name;

    /// <summary>How many pods a node's domains have of those that the pod is spread by, without itself.</summary>
    static int Count(SimNode auctioneer, Slot slot, NodeId node)
    {
        var labels = auctioneer.Machine!.Slots.SettingsOf(node).Labels;
        var around = auctioneer.Machine.Placed.Around(slot);
        return SpreadCount.Of(slot.Rules, default(NodeFacts) with { Labels = labels, Around = around });
    }

    /// <summary>No honest bid is that high where pods ask for no devices. What the auctioneer knows of those when the bid arrives counts: it may hear of them before it awards.</summary>
    static bool IsTooMuch(SimNode auctioneer, int score) => score > Scoring.Greatest && !auctioneer.Machine!.Typical.HaveDevices;

    /// <summary>What the auctioneer placed since that node bid counts there already, and rules between pods now forbid it the pod.</summary>
    static bool IsForbidden(SimNode auctioneer, PodId pod, NodeId node)
    {
        var slots = auctioneer.Machine!.Slots;
        if (slots.Find(pod) is not { } slot) return false;
        var around = auctioneer.Machine!.Placed.Around(slot);
        var facts = default(NodeFacts) with { Labels = slots.SettingsOf(node).Labels, Around = around };
        return !Filtering.CheckNeighbours(slot.Template, facts).Passes;
    }

    void Answer(SimNode auctioneer, ulong auction, PodRun run, Answered answer)
    {
        var key = (auctioneer.Index, auction);
        if (!rounds.TryGetValue(key, out var round)) rounds.Add(key, round = new Seen(run));
        if (!round.IsJudged && round.Lead == run && !round.Answers.Exists(known => known.Node == answer.Node)) round.Answers.Add(answer);
    }

    static bool Beats(PodRun run, Answered a, Answered b)
    {
        if (a.Evicts is null != b.Evicts is null) return a.Evicts is null;
        if (a.Evicts is { } mine && mine.CompareTo(b.Evicts!) is not 0 and var byCost) return byCost < 0;
        if (a.Score != b.Score) return a.Score > b.Score;
        ulong first = Tie(run, a.Node), second = Tie(run, b.Node);
        return first != second ? first > second : a.Node.CompareTo(b.Node) > 0;
    }

    static ulong Tie(PodRun run, NodeId node) =>
        StableHash.Mix(StableHash.Mix(run.Pod.Hash(), run.Epoch.Value), node.Value);
}
