using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Leases;

/// <summary>
/// This node's vote: it grants a pod to one run on one node at a time, for a term of its own monotonic clock. What it granted
/// is in memory only; instead of remembering it over a restart it grants nothing for the first term of each life.
/// (Gray, Cheriton, "Leases", 1989; ALGORITHM.md, Singletons.)
/// </summary>
/// <remarks>Inputs: <see cref="LeaseAsk"/>, <see cref="LeaseEnd"/>. Outputs: <see cref="LeaseReply"/>.</remarks>
sealed class Voter(NodeConfig config, VoterBook voters, IMemberList members, Outbox outbox) : INodePart
{
    /// <summary>A cluster of more singletons than this wants another scheduler.</summary>
    const int GrantsMost = 65_536;

    readonly record struct Grant(NodeId Holder, Epoch Epoch, ulong Number, Instant Until);

    readonly Dictionary<PodId, Grant> grants = []; // looked up, and cleared of what is over
    Instant silentUntil;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.LeaseAsk, MessageKind.LeaseEnd];

    public void Start(Turn turn) => silentUntil = turn.Monotonic + config.Timings.LeaseTerm;

    public void OnMessage(in Message message, Turn turn)
    {
        var reader = new MessagePackReader(message.Body);
        switch (message.Kind)
        {
            case MessageKind.LeaseAsk:
                var ask = LeaseAsk.Read(ref reader);
                var (verdict, why) = Judge(ask, message.Sender, turn.Monotonic);
                if (verdict == LeaseVerdict.Granted) grants[ask.Run.Pod] = new Grant(message.Sender, ask.Run.Epoch, ask.Number, turn.Monotonic + config.Timings.LeaseTerm);
                outbox.Send(message.From, new LeaseReply(ask.Number, ask.Run, verdict, why), turn);
                break;
            case MessageKind.LeaseEnd:
                var end = LeaseEnd.Read(ref reader);
                if (grants.TryGetValue(end.Run.Pod, out var ended) && IsOf(ended, end.Run, message.Sender) && ended.Number <= end.Number) grants.Remove(end.Run.Pod);
                break;
        }
    }

    (LeaseVerdict Verdict, string Why) Judge(in LeaseAsk ask, NodeId sender, Instant now)
    {
        if (voters.List is not { } list || !list.Has(members.Self)) return (LeaseVerdict.OtherList, "is no voter, as far as it knows");
        if (list.Version != ask.List)
            return (LeaseVerdict.OtherList, string.Create(CultureInfo.InvariantCulture, $"knows version {list.Version} of the voters' list, not {ask.List}"));
        if (now < silentUntil)
            return (LeaseVerdict.Silent, string.Create(CultureInfo.InvariantCulture, $"has restarted, and grants nothing for {(silentUntil - now).TotalSeconds:0.#} s"));
        if (grants.TryGetValue(ask.Run.Pod, out var held))
        {
            if (now < held.Until && !IsOf(held, ask.Run, sender))
                return (LeaseVerdict.Held, string.Create(CultureInfo.InvariantCulture, $"has granted it to {members.Find(held.Holder)?.Name ?? held.Holder.ToString()}, run {held.Epoch}, for {(held.Until - now).TotalSeconds:0.#} s"));
        }
        else if (grants.Count >= GrantsMost && !MakeRoom(now)) return (LeaseVerdict.Held, "has granted too many");
        return (LeaseVerdict.Granted, "");
    }

    static bool IsOf(in Grant grant, PodRun run, NodeId node) => grant.Holder == node && grant.Epoch == run.Epoch;

    bool MakeRoom(Instant now)
    {
        foreach (var (pod, grant) in grants)
            if (grant.Until <= now) grants.Remove(pod);
        return grants.Count < GrantsMost;
    }
}
