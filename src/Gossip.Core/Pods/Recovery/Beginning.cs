using Gossip.Core.Membership;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Recovery;

/// <summary>
/// When a node begins to act on pods after its start. Nothing is started or stopped before the survivors are known and the tables
/// have been compared with a peer's: others may have replaced a pod. A node that stays alone waits for no peer, unless its store was
/// damaged: then only a peer, or an operator who accepts the loss, can say that nothing is missing.
/// </summary>
sealed class Beginning(NodeTimings timings, IMemberList members, ITables tables)
{
    bool knowsSurvivors;

    /// <summary>The tables have been compared with a peer's, or there is no peer.</summary>
    public bool HasSynced { get; private set; }

    public bool HasBegun { get; private set; }

    public void Start(Turn turn) => turn.Wake(PodTicks.For(PodTicks.SyncWaitOver), timings.SyncWait);

    /// <summary>The tables may be believed. True when the node begins now, as with the next two.</summary>
    public bool Synced()
    {
        HasSynced = true;
        return Begins();
    }

    public bool SurvivorsKnown()
    {
        knowsSurvivors = true;
        return Begins();
    }

    public bool OnWaitOver(Turn turn)
    {
        if (HasSynced) return false;
        if (members.Live.Length <= 1 && !tables.NeedsPeer) return Synced(); // alone: nobody knows better
        Start(turn);
        return false;
    }

    bool Begins()
    {
        if (HasBegun || !HasSynced || !knowsSurvivors) return false;
        HasBegun = true;
        return true;
    }
}
