using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Membership;

/// <summary>
/// Who is accused and may still object, and for how long: whom only one node asked in vain has long, for the accuser may
/// be the sick one; each further node that asked in vain itself shortens the time, the first of them most. Each wait
/// has a number, which its timer carries.
/// Source: section 4.2 of Das, Gupta, Motivala, "SWIM", 2002; dynamic suspicion of Dadgar, Phillips, Currey, "Lifeguard:
/// SWIM-ing with situational awareness", 2017.
/// </summary>
sealed class Suspicions(NodeTimings timings)
{
    /// <summary>Accusers beside the first after which the time is the shortest: Lifeguard's K. A suspect is probed about once a period by somebody.</summary>
    const int ConfirmationsMost = 3;

    sealed record Suspicion(Instant Since, TimeSpan Longest, TimeSpan Shortest)
    {
        public ulong Number { get; set; }
        public List<NodeId> Accusers { get; } = [];

        public TimeSpan Wait => Longest - (Longest - Shortest) * (Math.Log(Math.Max(1, Accusers.Count)) / Math.Log(ConfirmationsMost + 1));
    }

    readonly Dictionary<NodeId, Suspicion> open = [];
    ulong last;

    /// <param name="members">
    /// The more there are, the longer a refutation takes to arrive: with the logarithm of their number. Of surer suspects
    /// only half of it is waited for, as in a cluster of the root of their number.
    /// </param>
    public void Open(NodeId node, int members, Turn turn)
    {
        var unit = timings.ProbeInterval * timings.SuspicionFactor;
        var suspicion = new Suspicion(turn.Monotonic, unit * Math.Max(1, Math.Log10(members)), unit * Math.Max(1, Math.Log10(members) / 2));
        open[node] = suspicion;
        WakeFor(node, suspicion, turn);
    }

    /// <summary>Somebody else says so too; true when that is news that others need.</summary>
    public bool Confirm(NodeId node, NodeId by, Turn turn)
    {
        if (!open.TryGetValue(node, out var suspicion) || suspicion.Accusers.Count > ConfirmationsMost || suspicion.Accusers.Contains(by)) return false;
        suspicion.Accusers.Add(by);
        if (suspicion.Accusers.Count > 1 && suspicion.Shortest < suspicion.Longest) WakeFor(node, suspicion, turn);
        return true;
    }

    /// <summary>It objected, or is dead; who had accused it.</summary>
    public IReadOnlyList<NodeId> Drop(NodeId node) => open.Remove(node, out var suspicion) ? suspicion.Accusers : [];

    /// <summary>True when the timer is that of the suspicion as it stands: nobody objected.</summary>
    public bool Stands(NodeTimer due) => open.TryGetValue(new NodeId(due.Subject), out var suspicion) && suspicion.Number == due.Epoch;

    void WakeFor(NodeId node, Suspicion suspicion, Turn turn)
    {
        suspicion.Number = ++last;
        var left = suspicion.Since + suspicion.Wait - turn.Monotonic;
        turn.Wake(new NodeTimer(NodeTimerKind.SuspicionEnds, node.Value, last), left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
