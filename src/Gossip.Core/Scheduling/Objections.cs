using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Scheduling;

/// <summary>Why a bid or an award is refused.</summary>
/// <param name="Why">For people; null when there is nothing against it.</param>
/// <param name="Again">When what causes it passes by itself: after how long to ask again. Else zero.</param>
readonly record struct Objection(string? Why, TimeSpan Again);

/// <summary>
/// What speaks against a run here before anybody looks into the books: the node, the slot, another owner, another auctioneer.
/// </summary>
sealed class Objections(NodeConfig config, SlotTable slots, Swim members, OwnRoom room)
{
    internal const string NotHeard = "has not heard of it yet";

    /// <param name="held">The live bid for the pod; null when there is none.</param>
    public Objection To(PodRun run, NodeId auctioneer, Claim? held, Now now)
    {
        var soon = config.Timings.GossipInterval;
        if (room.Capacity.Unready.Length > 0) return new($"node is unready: {room.Capacity.Unready}", soon);
        if (slots.Find(run.Pod) is not { } slot) return new(NotHeard, soon);
        if (!slot.IsDesired || slot.Succeeded) return new("is not wanted any more", TimeSpan.Zero);
        if (slot.IsGated) return new("is held by its scheduling gates", TimeSpan.Zero);
        if (slots.LacksClass(slot)) return new(PendingReason.LacksClass(slot.Template), soon);
        if (slot.LacksVoters) return new(PendingReason.LacksVoters, soon);
        if (slot.Template.StopsAlone && Connectivity.Of(members) is { IsAlone: true } company) return new(company.ToString(), soon);
        if (run.Epoch < slot.NextEpoch)
            return new(string.Create(CultureInfo.InvariantCulture, $"stale: asked for epoch {run.Epoch}, {slot.NextEpoch} is next"), soon);
        if (slots.Standing(slot, now.Monotonic) is { } standing && members.Find(standing.Node) is { IsLive: true } owner)
            return new($"{owner.Name} has it", soon);
        if (room.Has(run)) return new("runs it already", soon);
        if (room.HeldBackFor(run.Pod, now.Monotonic) is { } time) return new("it was evicted from here a moment ago", time);
        return held is null || held.Auctioneer == auctioneer ? default : ToSecondCaller(run, auctioneer, held, slot.Point, now);
    }

    /// <summary>
    /// Two nodes call the pod's auction, because they see different rings. The one nearer to the chunk's point may go on. Else both
    /// could collect bids, and each award one.
    /// </summary>
    Objection ToSecondCaller(PodRun run, NodeId auctioneer, Claim held, ulong point, Now now)
    {
        var soon = config.Timings.GossipInterval;
        if (held.Run.Epoch > run.Epoch)
            return new(string.Create(CultureInfo.InvariantCulture, $"stale: bids for epoch {held.Run.Epoch}"), soon);
        return held.Run.Epoch == run.Epoch && Chunk.Distance(point, held.Auctioneer) < Chunk.Distance(point, auctioneer)
            ? new($"holds a bid for {NameOf(held.Auctioneer)}", held.Expires - now.Monotonic)
            : default;
    }

    string NameOf(NodeId node) => members.Find(node)?.Name ?? node.ToString();
}
