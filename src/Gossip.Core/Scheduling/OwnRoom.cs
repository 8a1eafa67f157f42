using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// This node's own room: what is in use, what it tells others of it, and whom it refuses for a while. The bidder gives it away, and
/// the pods' keeper takes up what ran before and frees what ended; neither knows the other.
/// </summary>
sealed class OwnRoom
{
    const int HeldBackMost = 4096;

    readonly Dictionary<PodId, Instant> heldBack = []; // looked up only

    public OwnRoom(NodeConfig config, PlacedPods placed, Swim members)
    {
        Books = new Books(config.Card.Allocatable, placed, config.Card.Id);
        Capacity = new CapacityAnnouncer(config.Card.Name, members, Books);
    }

    public Books Books { get; }

    /// <summary>What this node tells of its room, and what keeps it from bidding.</summary>
    public CapacityAnnouncer Capacity { get; }

    /// <summary>Room that others are to make.</summary>
    public PreemptionCommands Preemptions { get; } = new();

    public bool Has(PodRun run) => Books.Find(run) is { IsFirm: true };

    /// <summary>Which of this node's devices the pod has, as <see cref="Devices.NamesOf"/> writes them; empty for none.</summary>
    public string DevicesOf(PodRun run) => GrantOf(run) is { } grant ? Books.Allocatable.Devices.NamesOf(grant) : "";

    public DeviceGrant? GrantOf(PodRun run) => Books.Find(run)?.Devices;

    /// <summary>It is admitted to room that others still have.</summary>
    public bool IsAwaited(PodRun run) => Books.Find(run) is { WaitsFor.Count: > 0 };

    /// <summary>
    /// Counts a pod that runs here, or is to, without a bid of this life. False when it is only to run and there is no room.
    /// </summary>
    /// <param name="runs">It runs already, so it counts whether there is room or not.</param>
    /// <param name="devices">Those that its admission tells, which it keeps.</param>
    public bool Adopt(PodRun run, PodTemplate template, bool runs, Turn turn, DeviceGrant? devices = null)
    {
        if (Has(run)) return true;
        if (!runs && !ResourceFilter.Fits(template, Books.Free)) return false;
        if (!runs && devices is { } grant && template.Device is { } request && !Books.Free.Devices.Have(grant, request)) return false;
        Books.Admit(run, template, checkRoom: !runs, template.Device is null ? null : devices).IsDurable = true;
        Capacity.Changed(turn);
        return true;
    }

    /// <summary>It is being ended: its room is free before long.</summary>
    public void Leaves(PodRun run)
    {
        if (Books.Find(run) is { } claim) claim.IsLeaving = true;
    }

    /// <summary>Takes a bid, or a pod of which nothing is left, out of the books.</summary>
    public void Free(PodRun run, Turn turn)
    {
        if (Books.Remove(run)) Capacity.Changed(turn);
    }

    /// <summary>The pod was evicted from here: until then this node does not bid for it.</summary>
    public void HoldBack(PodId pod, Instant until)
    {
        if (heldBack.Count >= HeldBackMost) heldBack.Clear(); // a drain of thousands: by the end of it the cordon is known
        heldBack[pod] = until;
    }

    /// <summary>For how long this node still does not bid for it; null when it does.</summary>
    public TimeSpan? HeldBackFor(PodId pod, Instant now)
    {
        if (!heldBack.TryGetValue(pod, out var until)) return null;
        if (now < until) return until - now;
        heldBack.Remove(pod);
        return null;
    }
}
