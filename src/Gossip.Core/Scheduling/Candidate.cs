using Gossip.Core.Explain;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

enum AnswerState : byte { Silent, Bid, Refused, Released }

/// <summary>One node that was asked, and what it said.</summary>
sealed class Candidate(NodeId node, NodeAddress address)
{
    public NodeId Node => node;
    public NodeAddress Address => address;
    public AnswerState State { get; set; }
    /// <summary>Of its bid; before, by hearsay.</summary>
    public int Score { get; set; }

    /// <summary>What its bid costs others; null when it evicts nobody.</summary>
    public PreemptionCost? Evicts { get; set; }

    /// <summary>What its bid's score is made of.</summary>
    public ScoreParts Parts { get; set; }

    /// <summary>Why it refused; of a bid what its host app says.</summary>
    public string Why { get; set; } = "no answer";
    public TimeSpan AskAgain { get; set; }

    /// <summary>It had not heard of the pod, was told, and asked again.</summary>
    public bool IsTold { get; set; }

    /// <summary>At which turn of the round its bid won; 0: at none.</summary>
    public int WonAt { get; set; }
    public bool IsAwarded => WonAt > 0;

    /// <summary>At which turn of the round it was passed over last.</summary>
    public int PassedAt { get; set; }
}
