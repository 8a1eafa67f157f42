using Gossip.Core.Scheduling;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>A8: no reservation outlives its time, and no round of an auction stays where it is: asking ends with its windows, an award with the bid's validity.</summary>
internal sealed class ReservationChecker(World world) : Checker(world, "A8")
{
    /// <summary>For timers that are set to what comes a moment later, and clocks that drift.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    readonly TimeSpan[] stoodStill = new TimeSpan[world.Nodes.Length];
    int seconds;

    /// <summary>One node each time, so that large clusters cost no more; those that stood still have much to do first.</summary>
    public override void EverySecond()
    {
        foreach (var node in World.Nodes)
            if (node.IsPaused) stoodStill[node.Index] = World.Elapsed;
        var one = World.Nodes[seconds++ % World.Nodes.Length];
        if (one.IsUp && World.Elapsed - stoodStill[one.Index] > 2 * Slack) Look(one);
    }

    public override void AtRest()
    {
        foreach (var node in World.Nodes)
            if (node.IsUp) Look(node);
    }

    void Look(SimNode node)
    {
        var now = node.Now.Monotonic;
        foreach (var claim in node.Machine!.Room.Books.Reservations)
            if (claim.Expires + Slack < now) Violated(node, $"holds {claim.Run} {(now - claim.Expires).TotalSeconds:0.0} s beyond its time");
        var timings = World.Timings;
        foreach (var auction in node.Machine.Auctioneer.Auctions)
        {
            TimeSpan? most = auction.Stage switch
            {
                AuctionStage.Asking => 3 * timings.AuctionWindow,
                AuctionStage.Awarding => 5 * timings.AuctionWindow + timings.BidValidity + (auction.Gang is null ? TimeSpan.Zero : timings.GangPatience),
                _ => null,
            };
            if (most is { } bound && auction.LastRound + bound + Slack < now) Violated(node, $"is {auction.Stage} for {auction.Run} since {(now - auction.LastRound).TotalSeconds:0.0} s");
        }
    }
}
