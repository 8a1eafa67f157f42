using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>A5: every refusal says why, and every pod that stays pending has a reason that any node can show.</summary>
internal sealed class RefusalChecker(World world) : Checker(world, "A5")
{
    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Refusal) return;
        World.Sometimes.Count("a bidder refuses");
        if (string.IsNullOrEmpty(Codec.Read<Refusal>(body).Why)) Violated(from, "refuses and does not say why");
    }

    public override void AtRest()
    {
        foreach (var node in World.Nodes)
        {
            if (!node.IsUp) continue;
            foreach (var pod in node.Machine!.View(node.Now).Pods)
                if (pod.Phase == PodPhase.Pending && pod.Standing is null && string.IsNullOrEmpty(pod.PendingBecause))
                    Violated(node, $"{pod.Name} is pending and nobody knows why");
        }
    }
}
