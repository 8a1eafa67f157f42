using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Scheduling;

// The host app's own filters and scores: an ask that nothing else refuses waits for the edge's answer, and is then
// looked at from the start, with the answer in hand. Nothing is reserved meanwhile.
sealed partial class Bidder
{
    /// <summary>Asks that wait for the host app: what an edge can answer within an auction's window, with a millisecond each.</summary>
    const int HostQuestionsMost = 64;

    /// <summary>A condition that is over is shown for so long, or it would come and go with each kind of pod.</summary>
    static readonly TimeSpan HostFaultShown = TimeSpan.FromSeconds(10);

    readonly record struct HeldAsk(ulong Question, Ask Ask, NodeId Sender, NodeAddress From);

    readonly Dictionary<PodId, HeldAsk> heldAsks = [];
    ulong lastQuestion;
    string hostFault = "";
    Instant hostFaultAt;

    /// <summary>The host app's rules answered, or the edge did for those that failed.</summary>
    public void OnHostAnswer(HostAnswer answer, Turn turn)
    {
        Tell(answer.Fault, turn);
        foreach (var (pod, held) in heldAsks)
        {
            if (held.Question != answer.Number) continue;
            heldAsks.Remove(pod);
            OnAsk(held.Ask, held.Sender, held.From, turn, answer);
            return; // overtaken by a later ask for the pod otherwise
        }
    }

    /// <summary>Has the host app asked; false when it is behind.</summary>
    bool AskHost(in Ask ask, NodeId sender, NodeAddress from, PodTemplate template, in NodeFacts facts, Turn turn)
    {
        if (heldAsks.Count >= HostQuestionsMost && !heldAsks.ContainsKey(ask.Run.Pod)) return false;
        heldAsks[ask.Run.Pod] = new HeldAsk(++lastQuestion, ask, sender, from);
        turn.AskHost(new HostQuestion(lastQuestion, template, facts with { Taken = facts.Taken is null ? null : [.. facts.Taken], Around = default, Typical = null }));
        return true;
    }

    void Tell(string fault, Turn turn)
    {
        if (fault.Length > 0) hostFaultAt = turn.Monotonic;
        else if (hostFault.Length == 0 || turn.Monotonic - hostFaultAt < HostFaultShown) return;
        fault = Codec.Cut(fault, CapacityNews.FaultMost);
        if (string.Equals(fault, hostFault, StringComparison.Ordinal)) return;
        hostFault = fault;
        if (fault.Length > 0) turn.Note(new NodeNote(NoteLevel.Warning, "HostRuleFailed", config.Card.Name, fault));
        Changed(turn);
    }
}
