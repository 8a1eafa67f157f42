using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>An ask that waits for the host app's answer.</summary>
readonly record struct WaitingAsk(ulong Question, Ask Ask, NodeId Sender, NodeAddress From);

/// <summary>
/// The host app's own filters and scores. An ask that nothing else refuses waits for their answer, and is then judged from the start,
/// with the answer in hand. Nothing is reserved meanwhile.
/// </summary>
sealed class HostRules
{
    /// <summary>Asks that wait: what an edge can answer within an auction's window, with a millisecond each.</summary>
    const int WaitingMost = 64;

    readonly Dictionary<PodId, WaitingAsk> waiting = [];
    ulong questions;

    /// <summary>Has the host app asked. False when too many questions wait already.</summary>
    public bool TryAsk(in Ask ask, NodeId sender, NodeAddress from, PodTemplate template, in NodeFacts facts, Turn turn)
    {
        if (waiting.Count >= WaitingMost && !waiting.ContainsKey(ask.Run.Pod)) return false;
        waiting[ask.Run.Pod] = new WaitingAsk(++questions, ask, sender, from);
        var copy = facts with { Taken = facts.Taken is null ? null : [.. facts.Taken], Around = default, Typical = null };
        turn.AskHost(new HostQuestion(questions, template, copy));
        return true;
    }

    /// <summary>The ask that a question was about; null when a later ask for the pod replaced it.</summary>
    public WaitingAsk? Take(ulong question)
    {
        foreach (var (pod, ask) in waiting)
        {
            if (ask.Question != question) continue;
            waiting.Remove(pod);
            return ask;
        }
        return null;
    }
}
