using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Turns;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// M2: a suspicion's end buries only a member that is still suspected. One that refuted it meanwhile is alive, and
/// the timer that was set before is stale.
/// </summary>
internal sealed class BurialChecker(World world) : Checker(world, "M2")
{
    NodeInputKind handling;
    NodeTimerKind timer;

    public override void Before(SimNode node, in NodeInput input)
    {
        handling = input.Kind;
        timer = input.Timer.Kind;
    }

    public override void MemberChanged(SimNode node, in MemberChange change)
    {
        if (change is { Before.State: MemberState.Suspect, After.State: MemberState.Alive }) World.Sometimes.Count("a suspicion is refuted");
        if (change is { Before.IsLive: true, After.State: MemberState.Dead }) World.Sometimes.Count("a member is buried");
        if (handling == NodeInputKind.TimerDue && timer == NodeTimerKind.SuspicionEnds
            && change is { Before.State: MemberState.Alive, After.State: MemberState.Dead })
            Violated(node, $"buried {change.Before.Name}, which nobody suspects any more");
    }
}
