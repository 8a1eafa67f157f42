using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

enum AnswerState : byte { Silent, Bid, Refused, Released }

/// <summary>One node that was asked, and what it said.</summary>
/// <param name="expected">The score of its bid by hearsay.</param>
sealed class Candidate(NodeId node, NodeAddress address, int expected = 0)
{
    public NodeId Node => node;
    public NodeAddress Address => address;
    public AnswerState State { get; private set; }

    /// <summary>Of its bid; before, by hearsay.</summary>
    public int Score { get; private set; } = expected;

    /// <summary>Of a pod that spreads first: how many there are already, by this node's tables and awards. Else 0.</summary>
    public int SpreadCount { get; set; }

    /// <summary>What its bid costs others; null when it evicts nobody.</summary>
    public PreemptionCost? Evicts { get; private set; }

    /// <summary>What its bid's score is made of.</summary>
    public ScoreParts Parts { get; private set; }

    /// <summary>Why it refused; of a bid what its host app says.</summary>
    public string Why { get; private set; } = "no answer";

    /// <summary>What it refused for passes by itself after so long; zero when it does not.</summary>
    public TimeSpan AskAgain { get; private set; }

    /// <summary>It had not heard of the pod, was told, and asked again.</summary>
    public bool IsTold { get; private set; }

    /// <summary>At which turn of the round its bid won; 0: at none.</summary>
    public int WonAt { get; private set; }
    public bool IsAwarded => WonAt > 0;

    /// <summary>At which turn of the round it was passed over last.</summary>
    public int PassedAt { get; private set; }

    /// <summary>It bids, and nobody was awarded that bid.</summary>
    public bool IsFree => State == AnswerState.Bid && !IsAwarded;

    public void TakeBid(int score, string hostSays = "", PreemptionCost? evicts = null, ScoreParts parts = default)
    {
        State = AnswerState.Bid;
        (Score, Why, Evicts, Parts) = (score, hostSays, evicts, parts);
    }

    /// <summary>It refused, or what it bid is of no use.</summary>
    public void Refuse(string why)
    {
        State = AnswerState.Refused;
        Why = why;
    }

    /// <inheritdoc cref="Refuse(string)"/>
    public void Refuse(string why, TimeSpan again)
    {
        Refuse(why);
        AskAgain = again;
    }

    public void Tell() => IsTold = true;

    /// <summary>Its reservation is over.</summary>
    public void Release() => State = AnswerState.Released;

    public void Win(int turn) => WonAt = turn;

    public void PassOver(int turn) => PassedAt = turn;
}
