using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

/// <summary>One round of asking: who was asked, what they said, and whose pods their bids are for.</summary>
/// <param name="number">Never used twice by its auctioneer; 0 for <see cref="None"/>.</param>
/// <param name="lead">The run that it asks about.</param>
sealed class Round(ulong number, PodRun lead)
{
    /// <summary>Of an auction that had none yet.</summary>
    public static readonly Round None = new(0, default);

    public ulong Number => number;
    public PodRun Lead => lead;

    /// <summary>Those that it goes on for.</summary>
    public List<Auction> Auctions { get; } = [];

    public List<Candidate> Asked { get; } = [];
    public List<NodeRefusal> PassedOver { get; } = [];

    /// <summary>Answers are waited for; after that come awards.</summary>
    public bool IsAsking { get; set; } = true;

    /// <summary>Whoever looks feasible was asked.</summary>
    public bool HasAskedAll { get; set; }

    /// <summary>Those asked may bid at the cost of others.</summary>
    public bool MayEvict { get; set; }

    /// <summary>How many windows it has waited.</summary>
    public int Windows { get; set; } = 1;

    public Instant? FirstBid { get; set; }

    public Candidate? Find(NodeId node)
    {
        foreach (var candidate in Asked)
            if (candidate.Node == node) return candidate;
        return null;
    }

    /// <summary>How many of those asked have not said anything yet.</summary>
    public int Silent
    {
        get
        {
            var silent = 0;
            foreach (var candidate in Asked)
                if (candidate.State == AnswerState.Silent) silent++;
            return silent;
        }
    }

    public bool EverybodyAnswered => Silent == 0;

    public int Bids
    {
        get
        {
            var count = 0;
            foreach (var candidate in Asked)
                if (candidate.State is AnswerState.Bid or AnswerState.Released) count++;
            return count;
        }
    }

    /// <summary>The best for a run of the bids that stand and that nobody was awarded; null when none does.</summary>
    public Candidate? Best(PodRun run)
    {
        Candidate? best = null;
        foreach (var candidate in Asked)
            if (candidate is { State: AnswerState.Bid, IsAwarded: false } && (best is null || BidOrder.Compare(run, candidate.Node, candidate.Score, candidate.Evicts, best.Node, best.Score, best.Evicts) > 0))
                best = candidate;
        return best;
    }
}
