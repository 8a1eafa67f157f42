using Gossip.Core.Model;

namespace Gossip.Core.Membership;

/// <summary>
/// Who is accused, and until when it may still object. Stronger evidence brings the end nearer, never further away.
/// Source: section 4.2 of Das, Gupta, Motivala, "SWIM", 2002.
/// </summary>
sealed class Suspicions
{
    readonly record struct Suspicion(ulong Number, Instant Ends);

    readonly Dictionary<NodeId, Suspicion> open = [];
    ulong last;

    /// <summary>Opens a suspicion, or shortens the one that is open.</summary>
    public void Raise(NodeId node, TimeSpan timeout, Now now, NodeEffects effects)
    {
        var ends = now.Monotonic + timeout;
        if (open.TryGetValue(node, out var before) && before.Ends <= ends) return;
        open[node] = new Suspicion(++last, ends);
        effects.Wake(new NodeTimer(NodeTimerKind.SuspicionEnds, node.Value, last), timeout);
    }

    public void Drop(NodeId node) => open.Remove(node);

    /// <summary>True when the timer is that of the suspicion as it stands: nobody objected.</summary>
    public bool Stands(NodeTimer due) =>
        open.TryGetValue(new NodeId(due.Subject), out var suspicion) && suspicion.Number == due.Epoch;
}
