using Gossip.Core.Model;

namespace Gossip.Core.Membership;

/// <summary>
/// Who is accused and may still object: each accusation has a number, which its timer carries.
/// Source: section 4.2 of Das, Gupta, Motivala, "SWIM", 2002.
/// </summary>
sealed class Suspicions
{
    readonly Dictionary<NodeId, ulong> open = [];
    ulong last;

    public void Open(NodeId node, TimeSpan timeout, NodeEffects effects)
    {
        open[node] = ++last;
        effects.Wake(new NodeTimer(NodeTimerKind.SuspicionEnds, node.Value, last), timeout);
    }

    public void Drop(NodeId node) => open.Remove(node);

    /// <summary>True when the timer is that of the suspicion as it stands: nobody objected.</summary>
    public bool Stands(NodeTimer due) => open.TryGetValue(new NodeId(due.Subject), out var number) && number == due.Epoch;
}
