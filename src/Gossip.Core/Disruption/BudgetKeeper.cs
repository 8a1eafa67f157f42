using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Disruption;

/// <summary>
/// Grants disruptions, one after another. Every budget has one keeper, the live successor of its uid's hash on the ring, as an
/// auction has its auctioneer; it alone ends runs that the budget guards, and what it ended it sees in its own tables
/// before it looks at the next, so two drains cannot both take the last disruption. (ALGORITHM.md, Evictions.)
/// </summary>
/// <remarks>Inputs: <see cref="EvictionAsk"/>. Outputs: <see cref="EvictionReply"/>, least epochs of slots.</remarks>
sealed class BudgetKeeper(
    NodeConfig config, SlotTable slots, BudgetBook budgets, IMemberList members, ITables tables, IRowWriter writer, Outbox outbox) : INodePart
{
    /// <summary>Ends that were granted and are on their way to the log, each with the budget that it takes one of; few.</summary>
    readonly List<(PodRun Run, Budget? Budget)> underWay = [];
    Instant begunAt;
    bool hasSynced;

    /// <summary>By then what a node wrote before it went, or before this one took over, has come round.</summary>
    TimeSpan Patience => config.Timings.Comeback;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.EvictionAsk];

    public void Start(Turn turn) => begunAt = turn.Monotonic;

    /// <summary>The tables may be believed.</summary>
    public void OnSynced(Turn turn) => hasSynced = true;

    /// <summary>Who decides about a pod: the keeper of its budget, or anybody (this node) when it has none.</summary>
    public NodeId KeeperOf(Slot slot) =>
        BudgetBook.Of(slot) is [var budget, ..] && members.Live is { Length: > 0 } live ? live[members.Successor(PointOf(budget))].Id : members.Self;

    static ulong PointOf(Budget budget) => StableHash.Mix(budget.Uid.Birth.Writer.Value, budget.Uid.Birth.Seq);

    public void OnMessage(in Message message, Turn turn)
    {
        var ask = Codec.Read<EvictionAsk>(message.Body);
        var from = message.From;
        var run = ask.Run;
        foreach (var (ending, _) in underWay)
            if (ending == run) return; // asked again before the log has it: the answer comes
        var (verdict, why) = Decide(run, ask.Runs, turn.Now, out var takes);
        if (verdict != EvictionVerdict.Granted || ask.DryRun || slots.Find(run.Pod) is not { } slot || PodJudge.IsOver(slot, run.Epoch))
        {
            outbox.Send(from, new EvictionReply(ask.Number, run, verdict, why), turn);
            return;
        }
        var number = ask.Number;
        underWay.Add((run, takes));
        RunEnds.Raise(slot, Epoch.Max(slot.GreatestEpoch, run.Epoch).Next, RunEnd.Evicted, tables, writer, turn, (_, later) =>
        {
            underWay.RemoveAll(ending => ending.Run == run);
            outbox.Send(from, new EvictionReply(number, run, EvictionVerdict.Granted, ""), later);
        });
    }

    /// <param name="takes">The budget that has one disruption less by it.</param>
    (EvictionVerdict Verdict, string Why) Decide(PodRun run, bool runs, Now now, out Budget? takes)
    {
        takes = null;
        if (slots.Find(run.Pod) is not { } slot)
            return tables.Covers(run.Pod.Workload) ? (EvictionVerdict.Granted, "") : (EvictionVerdict.NotYet, "the keeper of its budget has not heard of it yet");
        if (PodJudge.IsOver(slot, run.Epoch)) return (EvictionVerdict.Granted, "");
        if (slot.GreatestEpoch < run.Epoch || runs && PodJudge.First(slot, members)?.Status.Phase is not PodPhase.Running)
            return (EvictionVerdict.NotYet, "the keeper of its budget has not heard yet that it runs");
        var doubtful = BudgetBook.Of(slot) is [var guard] ? Doubtful(guard, now.Monotonic) : 0;
        var judged = budgets.Judge(slot, doubtful);
        if (judged.Answer == DisruptionAnswer.Ambiguous) return (EvictionVerdict.Ambiguous, judged.Why);
        if (judged.Budget is not { } budget) return (EvictionVerdict.Granted, "");
        if (!Keeps(budget, now.Monotonic)) return (EvictionVerdict.NotYet, $"the disruption budget {budget.Name.Name} has changed its keeper a moment ago");
        if (!judged.IsAllowed) return (EvictionVerdict.Forbidden, judged.Why);
        if (judged.Counts) takes = budget;
        return (EvictionVerdict.Granted, "");
    }

    /// <summary>It is this node's to keep, and has been for long enough that what its last keeper granted is in the tables.</summary>
    bool Keeps(Budget budget, Instant now)
    {
        var point = PointOf(budget);
        var live = members.Live;
        if (live.Length == 0 || live[members.Successor(point)].Id != members.Self) return false;
        if (now < begunAt + Patience || !hasSynced && live.Length > 1) return false;
        var own = Chunk.Distance(point, members.Self);
        foreach (var member in members.All)
            if (!member.IsLive && Chunk.Distance(point, member.Id) < own && now < member.Since + Patience) return false;
        return true;
    }

    /// <summary>What is not to be counted upon: granted and not yet in the tables; or healthy by the word of a node that has only just come (back), whose rows may be old.</summary>
    int Doubtful(Budget budget, Instant now)
    {
        var doubtful = 0;
        foreach (var (_, taken) in underWay)
            if (taken == budget) doubtful++;
        foreach (var member in members.All)
        {
            if (!member.IsLive || member.Id == members.Self || now >= member.Since + Patience) continue;
            foreach (var admission in slots.AdmissionsOf(member.Id))
                if (slots.Find(admission.Run.Pod) is { Budgets: { IsHealthy: true } share } slot && share.By.Contains(budget) && PodJudge.First(slot, members)?.Uid == admission.Uid) doubtful++;
        }
        return doubtful;
    }
}
