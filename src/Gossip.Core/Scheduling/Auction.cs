using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

enum AuctionStage : byte
{
    /// <summary>Between rounds: for its time, its turn, or the end of a grace.</summary>
    Waiting,
    /// <summary>Asks are out.</summary>
    Asking,
    /// <summary>Of a gang's pod: its bid is held until the others of the gang have theirs.</summary>
    Held,
    /// <summary>An award is out.</summary>
    Awarding,
    /// <summary>Its winner said that it is admitted; the admission itself is on its way here.</summary>
    Placed,
}

/// <summary>
/// What this node knows of the auction of one slot that nobody holds, whether or not it is the one to call it. It waits, has rounds
/// that it enters and leaves, and in the end a place. Everything that changes it is a method here.
/// </summary>
/// <param name="gang">The gang's that it is part of; null for a pod on its own.</param>
sealed class Auction(PodId pod, ulong point, GangAuction? gang)
{
    PodRun measured; // the last run of which it was told how long its auction took
    /// <summary>Of rounds that failed only for what passes by itself, each fourth counts as an empty one.</summary>
    const int PassingMost = 4;

    public PodId Pod => pod;
    public ulong Point => point;
    public GangAuction? Gang => gang;
    public PodRun Run { get; private set; }
    public AuctionStage Stage { get; private set; }

    /// <summary>A round is under way for it.</summary>
    public bool IsInRound => Stage is AuctionStage.Asking or AuctionStage.Held or AuctionStage.Awarding;

    /// <summary>Its present round is one of the gang's attempt.</summary>
    public bool IsTogether { get; private set; }

    /// <summary>
    /// No other round of the attempt was under way: if it ends empty, then not for want of what others of the gang reserved.
    /// </summary>
    public bool IsAlone { get; private set; }

    /// <summary>The present one, or the last.</summary>
    public Round Round { get; private set; } = Round.None;

    /// <summary>How many it has had.</summary>
    public uint Rounds { get; private set; }

    /// <summary>In a row, those that found nobody; each doubles how many are asked, and the wait.</summary>
    public int EmptyRounds { get; private set; }

    /// <summary>
    /// Rounds of this run that found nobody for reasons that do not pass by themselves, also where news ended the back-off between them.
    /// </summary>
    public int FruitlessRounds { get; private set; }

    /// <summary>In a row, those that failed only for what passes by itself.</summary>
    public int PassingRounds { get; private set; }

    /// <summary>They are so many that the pod's state is to be told, though each reason passes by itself.</summary>
    public bool HasPassedOften => PassingRounds >= PassingMost;

    public Instant LastRound { get; private set; }
    public Instant NextRound { get; private set; }

    /// <summary>Nothing is to be done before that, unless something changes.</summary>
    public Instant SleepsUntil { get; private set; }

    /// <summary>Since when the slot has been open here; null while it is not (its owner's grace runs).</summary>
    public Instant? OpenSince { get; private set; }

    /// <summary>When another auctioneer last gave a sign of life.</summary>
    public Instant LastSign { get; private set; }

    /// <summary>The last round of the pod in the tables, whoever called it, that this auction has taken note of.</summary>
    public Stamp SeenSummary { get; private set; }

    /// <summary>The round that this node told last. The slot may show another's, whose clock was ahead.</summary>
    public RoundSummary? Told { get; set; }

    /// <summary>A round of our own is in the tables now: the change of the slot that follows is no news.</summary>
    public bool OwnRoundLanded { get; set; }

    /// <summary>Whose bid it has won in the present round.</summary>
    public Candidate? Awarded { get; private set; }

    /// <summary>At which turn of its round it looked for the best bid last.</summary>
    public int Turn { get; private set; }

    /// <summary>Whom it was awarded to last, in whatever round.</summary>
    public NodeId LastAwarded { get; private set; }

    /// <summary>Which award, or repetition of one, its deadline was set for: never the same twice.</summary>
    public ulong AwardStep { get; private set; }

    /// <summary>Where the tallies that its rules read stood when its last round began.</summary>
    public ulong SeenNeighbours { get; private set; }

    public bool IsQueued { get; private set; }

    /// <summary>The slot's next run is another: everything begins anew.</summary>
    public void Restart(PodRun run, Instant nextRound, Instant now)
    {
        (Run, Stage) = (run, AuctionStage.Waiting);
        EmptyRounds = PassingRounds = FruitlessRounds = 0;
        OpenSince = null;
        LastSign = now;
        NextRound = nextRound;
    }

    /// <summary>Another auctioneer's round, or its winner, was heard of.</summary>
    public void HearSign(Instant now) => LastSign = now;

    /// <summary>Takes note of the pod's last round; false when it was known already.</summary>
    public bool SeeSummary(Stamp at)
    {
        if (at == SeenSummary) return false;
        SeenSummary = at;
        return true;
    }

    public void Open(Instant now) => OpenSince ??= now;

    /// <summary>Somebody has admitted it: told once a run, by whichever comes first, the verdict or the admission.</summary>
    public void Measure(Turn turn)
    {
        if (measured == Run || OpenSince is not { } since) return;
        measured = Run;
        turn.Effects.Measured(NodeMeasure.Auction, turn.Monotonic - since);
    }

    public void SleepUntil(Instant at) => SleepsUntil = at;

    public void Queue() => IsQueued = true;

    public void Unqueue() => IsQueued = false;

    /// <summary>Its next round is part of its gang's attempt.</summary>
    public void JoinAttempt(bool isAlone) => (IsTogether, IsAlone) = (true, isAlone);

    public void EnterRound(Round round, ulong neighbours, Instant now)
    {
        IsQueued = false;
        Round = round;
        Rounds++;
        Stage = AuctionStage.Asking;
        LastRound = now;
        Awarded = null;
        SeenNeighbours = neighbours;
    }

    public void LeaveRound()
    {
        IsTogether = false;
        Stage = AuctionStage.Waiting;
    }

    /// <summary>It gives up the bid that it had, if any.</summary>
    public void DropAward() => Awarded = null;

    /// <summary>It is its turn to have the best of the bids that are left.</summary>
    public void TakeTurn() => Turn = Round.NextTurn();

    public void Win(Candidate best)
    {
        Awarded = best;
        LastAwarded = best.Node;
    }

    /// <summary>The bid that it won waits for those of the rest of its gang.</summary>
    public void Hold() => Stage = AuctionStage.Held;

    /// <summary>The award goes out.</summary>
    public void Award() => Stage = AuctionStage.Awarding;

    /// <summary>A new deadline makes the one before stale.</summary>
    public void SetDeadline(ulong step) => AwardStep = step;

    /// <summary>Its winner says that it is admitted.</summary>
    /// <param name="until">If the admission has not shown by then its node is gone, and the auction begins again.</param>
    public void Place(NodeId winner, Instant until)
    {
        LastAwarded = winner;
        Stage = AuctionStage.Placed;
        EmptyRounds = PassingRounds = 0;
        NextRound = until;
    }

    /// <summary>Nobody took it.</summary>
    /// <param name="passes">What kept it from a place passes by itself. That is not held against the pod, but not for ever.</param>
    public void CountEmptyRound(bool passes)
    {
        if (passes && ++PassingRounds % PassingMost != 0) return;
        EmptyRounds++;
        FruitlessRounds++;
    }

    public void WaitUntil(Instant nextRound) => NextRound = nextRound;

    /// <summary>An attempt of its gang begins.</summary>
    public void BeginAttempt()
    {
        Stage = AuctionStage.Waiting;
        EmptyRounds = PassingRounds = 0;
    }

    /// <summary>More nodes are asked in the attempt's next round for it.</summary>
    public void Widen() => EmptyRounds++;

    /// <summary>Has the attempt look once more, at most so often; false when it has.</summary>
    public bool TryLookAgain(int most, Instant at)
    {
        if (++PassingRounds >= most) return false;
        NextRound = at;
        return true;
    }

    /// <summary>
    /// Ends the back-off: something moved. Not at once after a round, or a churning cluster would hear of it all the time.
    /// </summary>
    /// <param name="least">Between two rounds.</param>
    public void Hasten(TimeSpan least, Instant now)
    {
        if (Stage != AuctionStage.Waiting || EmptyRounds == 0) return;
        var soonest = LastRound + least;
        if (soonest < now) soonest = now;
        if (soonest >= NextRound) return;
        NextRound = soonest;
        EmptyRounds = 0;
    }
}
