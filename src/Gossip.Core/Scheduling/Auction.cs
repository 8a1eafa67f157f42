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

/// <summary>What this node knows of the auction of one slot that nobody holds, whether or not it is the one to call it.</summary>
sealed class Auction(PodId pod, ulong point, GangAuction? gang)
{
    public PodId Pod => pod;
    public ulong Point => point;

    /// <summary>The gang's that it is part of; null for a pod on its own.</summary>
    public GangAuction? Gang => gang;

    /// <summary>Its present round is one of the gang's attempt.</summary>
    public bool IsTogether { get; set; }

    /// <summary>No other round of the attempt was under way: if it ends empty, then not for want of what others of the gang reserved.</summary>
    public bool IsAlone { get; set; }

    public PodRun Run { get; set; }
    public AuctionStage Stage { get; set; }

    /// <summary>The present one, or the last.</summary>
    public Round Round { get; set; } = Round.None;

    /// <summary>How many it has had.</summary>
    public uint Rounds { get; set; }

    /// <summary>In a row, those that found nobody; each doubles how many are asked, and the wait.</summary>
    public int EmptyRounds { get; set; }

    /// <summary>Rounds of this run that found nobody for reasons that do not pass by themselves, also where news ended the back-off between them.</summary>
    public int FruitlessRounds { get; set; }

    /// <summary>In a row, those that failed only for what passes by itself.</summary>
    public int PassingRounds { get; set; }
    public Instant LastRound { get; set; }
    public Instant NextRound { get; set; }

    /// <summary>Nothing is to be done before that, unless something changes.</summary>
    public Instant SleepsUntil { get; set; }

    /// <summary>Since when the slot has been open here; null while it is not (its owner's grace runs).</summary>
    public Instant? OpenSince { get; set; }

    /// <summary>When another auctioneer last gave a sign of life.</summary>
    public Instant LastSign { get; set; }
    public Stamp SeenSummary { get; set; }

    /// <summary>The round that this node told last. The slot may show another's, whose clock was ahead.</summary>
    public RoundSummary? Told { get; set; }

    /// <summary>A round of our own is in the tables now: the change of the slot that follows is no news.</summary>
    public bool OwnRoundLanded { get; set; }

    public Candidate? Awarded { get; set; }

    /// <summary>At which turn of its round it looked for the best bid last.</summary>
    public int Turn { get; set; }

    /// <summary>Whom it was awarded to last, in whatever round.</summary>
    public NodeId LastAwarded { get; set; }

    /// <summary>Which award, or repetition of one, its deadline was set for: never the same twice.</summary>
    public ulong AwardStep { get; set; }

    /// <summary>Where the tallies that its rules read stood when its last round began.</summary>
    public ulong SeenNeighbours { get; set; }

    public bool IsQueued { get; set; }
}
