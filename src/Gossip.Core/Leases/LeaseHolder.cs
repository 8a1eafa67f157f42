using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using MessagePack;

namespace Gossip.Core.Leases;

/// <summary>
/// This node's side of the leases under which singletons run here: asks all voters, counts a majority, renews in time, and
/// gives back what did not come to a majority, so that two askers who each have half do not block each other.
/// </summary>
/// <remarks>Inputs: <see cref="LeaseReply"/>. Outputs: <see cref="LeaseAsk"/>, <see cref="LeaseEnd"/>; what it means for pods is <c>PodKeeper</c>'s.</remarks>
sealed class LeaseHolder(NodeConfig config, VoterBook voters, IMemberList members, Outbox outbox)
{
    readonly Dictionary<PodRun, Lease> held = []; // looked up only
    readonly TimeSpan term = config.Timings.LeaseTerm;
    ulong numbers = outbox.Boot << 20; // no life of this node uses one twice

    /// <summary>From when a holder stops what it runs, unless the lease was renewed; counted from asking, as the rest.</summary>
    public TimeSpan StopAfter => term * 2 / 3;

    /// <summary>For SIGTERM to be obeyed in.</summary>
    public TimeSpan Grace => term / 6;

    /// <summary>From when nothing of the pod may live, whoever has to kill it: a fifth of the rest is for clocks, the other for the kernel.</summary>
    public TimeSpan KillAfter => term * 9 / 10;

    /// <summary>How long a survivor of an earlier life may wait for its first grants.</summary>
    public TimeSpan AdoptWithin => term / 5;

    TimeSpan Patience => term / 15;

    public Lease Begin(PodRun run, Now now)
    {
        var lease = new Lease(run, now.Monotonic, new Inquiry(members, outbox, Patience));
        held.Add(run, lease);
        return lease;
    }

    /// <summary>From when its term counts.</summary>
    public Instant? From(Lease lease) => lease.From(voters.List);

    /// <summary>It is held, for long enough to start something.</summary>
    public bool Holds(Lease lease, Instant now) => From(lease) is { } from && now < from + StopAfter;

    /// <summary>Asks when that is due.</summary>
    /// <param name="runs">Something of the pod may run: what was granted is never given back.</param>
    public void Keep(Lease lease, bool runs, Turn turn)
    {
        var from = From(lease);
        var isHeld = from is { } since && turn.Monotonic < since + StopAfter;
        if (isHeld) lease.Failures = 0;
        // Renewed: next at a third of the term. (Else it is asked for again after each patience.)
        if (isHeld) lease.Inquiry.PutOff(from!.Value + term / 3);
        if (turn.Monotonic < lease.NextAsk) return;
        if (!runs && !isHeld && lease.LastNumber != 0)
        {
            GiveBack(lease, turn);
            lease.Failures = Math.Min(lease.Failures + 1, 8);
            // Not all at once, or those who were in each other's way are so again.
            var jitter = StableHash.Mix(StableHash.Mix(members.Self.Value, lease.Run.Pod.Hash()), numbers) % 1024 / 1024.0;
            lease.Inquiry.PutOff(turn.Monotonic + Patience * (0.5 + jitter * lease.Failures));
            return;
        }
        if (voters.List is { } list) Ask(lease, list, turn);
        else lease.Inquiry.PutOff(turn.Monotonic + Patience);
    }

    /// <summary>Nothing of the run is left, and nothing will be.</summary>
    public void End(Lease lease, Turn turn)
    {
        GiveBack(lease, turn);
        held.Remove(lease.Run);
    }

    /// <summary>The run whose lease may have changed; null for an answer that nobody waits for.</summary>
    public PodRun? OnReply(ReadOnlyMemory<byte> body, NodeId sender)
    {
        var reader = new MessagePackReader(body);
        var reply = LeaseReply.Read(ref reader);
        if (!held.TryGetValue(reply.Run, out var lease) || !lease.Knows(reply.Number)) return null;
        if (reply.Verdict == LeaseVerdict.Granted)
            lease.TryGrant(reply.Number, sender);
        else
        {
            lease.Why = $"{members.Find(sender)?.Name ?? sender.ToString()} {reply.Why}";
            lease.IsHeldElsewhere |= reply.Verdict == LeaseVerdict.Held;
        }
        return reply.Run;
    }

    /// <summary>For people: what is missing.</summary>
    public string Describe(Lease lease, Now now) => voters.List is not { } list ? PendingReason.LacksVoters : string.Create(CultureInfo.InvariantCulture,
        $"{lease.GrantsOf(list, now.Monotonic - term)} of {list.Names.Length} voters have granted it, {list.Majority} must{(lease.Why.Length > 0 ? $"; {lease.Why}" : "")}");

    void Ask(Lease lease, VoterList list, Turn turn)
    {
        lease.IsHeldElsewhere = false;
        lease.Asked(++numbers, turn.Monotonic);
        lease.Inquiry.Ask(list.Ids.AsSpan(), new LeaseAsk(numbers, lease.Run, list.Version), turn);
    }

    void GiveBack(Lease lease, Turn turn)
    {
        if (lease.LastNumber != 0 && voters.List is { } list)
            lease.Inquiry.Tell(list.Ids.AsSpan(), new LeaseEnd(lease.LastNumber, lease.Run), turn);
        lease.Forget();
    }
}
