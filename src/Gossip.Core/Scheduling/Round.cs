using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// One round of asking, for one pod or for a batch of alike ones, any of which whoever bids would take. (Batch sampling:
/// Sparrow, Ousterhout et al. 2013, asks two for each task of a job, for all tasks at once.)
/// </summary>
/// <param name="number">Never used twice by its auctioneer; 0 for <see cref="None"/>.</param>
/// <param name="lead">The run that it asks about, of the first of the batch that was due.</param>
sealed class Round(ulong number, PodRun lead)
{
    /// <summary>Of an auction that had none yet.</summary>
    public static readonly Round None = new(0, default);

    public ulong Number => number;
    public PodRun Lead => lead;

    /// <summary>Those that it goes on for, in order of their ordinals.</summary>
    public List<Auction> Auctions { get; } = [];

    /// <summary>It began with several.</summary>
    public bool IsBatch { get; set; }

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

    /// <summary>How often somebody's turn came to have the best of the bids.</summary>
    public int Passes { get; set; }

    /// <summary>Some bid has won.</summary>
    public bool HasAwarded { get; set; }

    /// <summary>When those who found nobody try again, as a part of their wait: together.</summary>
    public double? Jitter { get; set; }

    /// <summary>It bid, and no other pod of the batch had that bid when this one's turn came.</summary>
    public static bool StoodFor(Auction auction, Candidate candidate) =>
        candidate.State is AnswerState.Bid or AnswerState.Released && (candidate.WonAt == 0 || candidate.WonAt >= auction.Turn);

    public int BidsFor(Auction auction)
    {
        var count = 0;
        foreach (var candidate in Asked)
            if (StoodFor(auction, candidate)) count++;
        return count;
    }

    /// <summary>The best for a run of the bids that stand, that nobody was awarded and that were not passed over at this turn; null when none does.</summary>
    public Candidate? Best(PodRun run, int turn)
    {
        Candidate? best = null;
        var seed = BidOrder.Seed(run);
        foreach (var candidate in Asked)
            if (candidate is { State: AnswerState.Bid, IsAwarded: false } && candidate.PassedAt != turn
                && (best is null || BidOrder.Compare(seed, candidate, best) > 0)) best = candidate;
        return best;
    }
}
