using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Turns;

namespace Gossip.Core.Disk;

/// <summary>
/// Makes the disk a part of the node's health: a node whose disk is slow, full or failing bids for nothing, says why, and takes no
/// write that it could not store. It comes back by itself when the disk does.
/// </summary>
/// <remarks>
/// Inputs: what the log confirms, <see cref="DiskReport"/>s. Outputs: capacity, notes, a record now and then that changes nothing.
/// </remarks>
sealed class DiskWatch(string node, Replicator rows, CapacityAnnouncer capacity) : INodePart
{
    readonly DiskHealth health = new();
    DiskState shown;

    public DiskState State => health.State;

    public string Why => health.Why;

    /// <summary>Since when it has not been healthy; null while it is.</summary>
    public Instant? SickSince { get; private set; }

    public bool HasFailed => health.State == DiskState.Failing;

    /// <summary>It failed while others are there, who take over what runs here: the node leaves.</summary>
    public bool HandsOver { get; private set; }

    /// <param name="isAlone">No other node is there.</param>
    public void Take(DiskReport report, bool isAlone)
    {
        health.Take(report);
        if (HasFailed) HandsOver = !isAlone;
    }

    public void OnSettled(Turn turn)
    {
        if (health.WantsTry(turn.Monotonic)) rows.TryLog(turn);
        health.Look(rows.Written, rows.Confirmed, turn.Monotonic);
        if (health.State == shown) return;
        shown = health.State;
        if (shown == DiskState.Healthy) SickSince = null;
        else SickSince ??= turn.Monotonic;
        capacity.NoteDisk(shown, Why, turn.Now);
        turn.Note(shown == DiskState.Healthy
            ? new NodeNote(NoteLevel.Information, "DiskHealthy", node, "the disk is well again")
            : new NodeNote(NoteLevel.Warning, $"Disk{shown}", node, Why));
    }

    /// <summary>Why the disk does not allow what a user asks; null when it does. What frees room is taken while there is some.</summary>
    public string? Objection(Request question)
    {
        if (question is Look || health.State == DiskState.Healthy || health.State == DiskState.Slow && !health.IsHanging) return null;
        if (health.State == DiskState.Full && question is DeleteObject or EvictPod) return null;
        return $"{health.Why}; ask another node";
    }
}
