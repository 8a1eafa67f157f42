using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Disruption;

/// <summary>Runs once, when it is known what became of an eviction.</summary>
/// <param name="verdict">NotYet when nobody could decide in time: ask again later.</param>
delegate void EvictionDone(EvictionVerdict verdict, string why, Turn turn);

/// <summary>
/// This node's side of evictions that it was asked for: has the keeper of the pod's budget decide, asks again while it is
/// silent or cannot say yet, and gives up after two seconds, for whoever drains a node tries again anyway.
/// </summary>
/// <remarks>Inputs: <see cref="EvictPod"/>, <see cref="EvictionReply"/>, the timer EvictionDue. Outputs: <see cref="EvictionAsk"/>, replies.</remarks>
sealed class Evictor(SlotTable slots, IMemberList members, BudgetKeeper keeper, Outbox outbox) : INodePart
{
    const int TriesMost = 5;
    static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(400);

    sealed class Case
    {
        public required PodRun Run { get; init; }
        public required bool DryRun { get; init; }
        public required EvictionDone Done { get; init; }
        public required Inquiry Inquiry { get; init; }
        public string Why { get; set; } = "the keeper of its disruption budget does not answer";
    }

    readonly Dictionary<ulong, Case> open = []; // looked up only
    ulong numbers;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.EvictionReply];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.EvictionDue];

    public ReadOnlySpan<Type> Questions => new[] { typeof(EvictPod) };

    public void OnQuestion(RequestId id, Request question, Turn turn)
    {
        var request = (EvictPod)question;
        if (slots.Find(request.Name.Namespace, request.Name.Name) is not { } slot)
        {
            turn.Reply(id, new Refused(RefusedBecause.NotFound, $"{request.Name} not found"));
            return;
        }
        var shown = slots.Standing(slot, turn.Monotonic);
        var uid = new PodRun(slot.Id, shown?.Run.Epoch ?? slot.NextEpoch).Uid;
        if (request.Uid.Length > 0 && request.Uid != uid)
            turn.Reply(id, new Refused(RefusedBecause.Conflict, $"the UID in the precondition ({request.Uid}) does not match the UID in record ({uid})"));
        else if (shown is null || !slot.IsDesired || shown.Status.HasEnded)
            turn.Reply(id, new Evicted(request.Name, null)); // nothing of it runs that anybody wants
        else
            Evict(shown.Run, request.DryRun, (verdict, why, later) => later.Reply(id, verdict switch
            {
                EvictionVerdict.Granted => new Evicted(request.Name, shown.Run),
                EvictionVerdict.Ambiguous => new Refused(RefusedBecause.Invalid, why),
                EvictionVerdict.Forbidden => new Refused(RefusedBecause.Disrupted, why),
                _ => new Refused(RefusedBecause.Unavailable, why),
            }), turn);
    }

    /// <summary>Ends a run if its budget allows it; its pod is auctioned anew, and the node that had it holds back.</summary>
    public void Evict(PodRun run, bool dryRun, EvictionDone done, Turn turn)
    {
        open.Add(++numbers, new Case { Run = run, DryRun = dryRun, Done = done, Inquiry = new Inquiry(members, outbox, TryAgain, TriesMost) });
        Ask(numbers, turn);
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        if (!open.TryGetValue(timer.Subject, out var waiting) || !waiting.Inquiry.IsWokenBy(timer)) return; // answered meanwhile
        if (waiting.Inquiry.IsGivenUp) End(timer.Subject, EvictionVerdict.NotYet, waiting.Why, turn);
        else Ask(timer.Subject, turn);
    }

    public void OnMessage(in Message message, Turn turn)
    {
        var reply = Codec.Read<EvictionReply>(message.Body);
        if (!open.TryGetValue(reply.Number, out var waiting) || waiting.Run != reply.Run) return; // answered before, or of another life
        if (reply.Verdict == EvictionVerdict.NotYet) waiting.Why = reply.Why;
        else End(reply.Number, reply.Verdict, reply.Why, turn);
    }

    void Ask(ulong number, Turn turn)
    {
        var waiting = open[number];
        if (slots.Find(waiting.Run.Pod) is not { } slot)
        {
            End(number, EvictionVerdict.Granted, "", turn);
            return;
        }
        var runs = false;
        foreach (var admission in slot.Admissions) runs |= admission.Run == waiting.Run && admission.Status.Phase == PodPhase.Running;
        waiting.Inquiry.Ask([keeper.KeeperOf(slot)], new EvictionAsk(number, waiting.Run, runs, waiting.DryRun), turn);
        waiting.Inquiry.Wake(NodeTimerKind.EvictionDue, number, turn);
    }

    void End(ulong number, EvictionVerdict verdict, string why, Turn turn)
    {
        open.Remove(number, out var ended);
        ended!.Done(verdict, why, turn);
    }
}
