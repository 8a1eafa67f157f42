using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

/// <summary>
/// One round of asking, for one pod or for a batch of alike ones, any of which whoever bids would take. It knows whom it asked, its
/// window, the answers, whose turn it is to have the best bid, and which bids stay in reserve. (Batch sampling:
/// Sparrow, Ousterhout et al. 2013, asks two for each task of a job, for all tasks at once.)
/// </summary>
/// <param name="number">Never used twice by its auctioneer; 0 for <see cref="None"/>.</param>
/// <param name="lead">The run that it asks about, of the first of the batch that was due.</param>
sealed class Round(ulong number, PodRun lead)
{
    /// <summary>
    /// While most are silent: a busy machine answers late, and its own node would get every pod. Three windows end well within T.
    /// </summary>
    const int WindowsMost = 3;

    /// <summary>Bids that are kept until the verdicts are in, for awards that are refused: a batch's seldom need more.</summary>
    const int Reserves = 1, BatchReserves = 2;

    /// <summary>Of an auction that had none yet.</summary>
    public static readonly Round None = new(0, default);

    int windows = 1;
    double? jitter;

    public ulong Number => number;
    public PodRun Lead => lead;

    /// <summary>Those that it goes on for, in order of their ordinals.</summary>
    public List<Auction> Auctions { get; } = [];

    /// <summary>It began with several.</summary>
    public bool IsBatch { get; private set; }

    public List<Candidate> Asked { get; } = [];
    public List<NodeRefusal> PassedOver { get; } = [];

    /// <summary>Answers are waited for; after that come awards.</summary>
    public bool IsAsking { get; private set; } = true;

    /// <summary>Whoever looks feasible was asked.</summary>
    public bool HasAskedAll { get; private set; }

    /// <summary>Those asked may bid at the cost of others.</summary>
    public bool MayEvict { get; private set; }

    /// <summary>Its pods spread first: who is late may have the fewest, and is waited for.</summary>
    public bool SpreadsFirst { get; set; }

    public Instant? FirstBid { get; private set; }

    /// <summary>How often somebody's turn came to have the best of the bids.</summary>
    public int Passes { get; private set; }

    /// <summary>Some bid has won.</summary>
    public bool HasAwarded { get; private set; }

    public bool EverybodyAnswered => Silent == 0;

    /// <summary>How many of those asked have not said anything yet.</summary>
    int Silent
    {
        get
        {
            var silent = 0;
            foreach (var candidate in Asked)
                if (candidate.State == AnswerState.Silent) silent++;
            return silent;
        }
    }

    /// <summary>Those to ask are chosen: the round begins for as many pods as can each have a bid of its own.</summary>
    /// <param name="someFit">Those asked look feasible; else all pods are told the same refusals.</param>
    public void Begin(bool someFit, bool hasAskedAll, bool mayEvict)
    {
        HasAskedAll = hasAskedAll;
        MayEvict = mayEvict;
        if (someFit && Auctions.Count > Asked.Count) Auctions.RemoveRange(Asked.Count, Auctions.Count - Asked.Count);
        Auctions.Sort((a, b) => a.Pod.Ordinal.CompareTo(b.Pod.Ordinal));
        IsBatch = Auctions.Count > 1;
    }

    /// <summary>
    /// The window is over, but most are silent yet, or somebody who may have the fewest: it may be waited once more. False when it may not.
    /// </summary>
    public bool TryExtendWindow()
    {
        var isWorthIt = Silent * 2 > Asked.Count || SpreadsFirst && Silent > 0;
        if (!isWorthIt || windows >= WindowsMost) return false;
        windows++;
        return true;
    }

    /// <summary>No answer is waited for any more.</summary>
    public void StopAsking() => IsAsking = false;

    /// <summary>A bid came in.</summary>
    public void CountBid(Instant now) => FirstBid ??= now;

    /// <summary>A held bid may have been asked for again just now: its validity counts from here.</summary>
    public void RenewBids(Instant now) => FirstBid = now;

    public Candidate? Find(NodeId node)
    {
        foreach (var candidate in Asked)
            if (candidate.Node == node) return candidate;
        return null;
    }

    public int NextTurn() => ++Passes;

    public void CountAward() => HasAwarded = true;

    /// <summary>Puts the best of the bids that are left in reserve, a few of them, at a turn of its own, which it returns.</summary>
    public int KeepReserves()
    {
        var turn = NextTurn();
        var most = IsBatch ? BatchReserves : Reserves;
        for (var kept = 0; kept < most && Best(lead, turn) is { } next; kept++) next.PassOver(turn);
        return turn;
    }

    /// <summary>When those who found nobody try again, as a part of their wait. A batch stays together, so it draws once.</summary>
    public double Jitter(RandomStream random) => jitter ??= random.Unit() / 4;

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

    /// <summary>
    /// The best for a run of the bids that stand, that nobody was awarded and that were not passed over at this turn; null when none does.
    /// </summary>
    public Candidate? Best(PodRun run, int turn)
    {
        Candidate? best = null;
        var seed = BidOrder.Seed(run);
        foreach (var candidate in Asked)
            if (candidate.IsFree && candidate.PassedAt != turn && (best is null || BidOrder.Compare(seed, candidate, best) > 0))
                best = candidate;
        return best;
    }

    /// <summary>The least time after which one of those that refused may be asked again; zero when nothing passes by itself.</summary>
    public TimeSpan AskAgain()
    {
        var again = TimeSpan.Zero;
        foreach (var candidate in Asked)
            if (candidate.AskAgain > TimeSpan.Zero && (again == TimeSpan.Zero || candidate.AskAgain < again)) again = candidate.AskAgain;
        return again;
    }
}
