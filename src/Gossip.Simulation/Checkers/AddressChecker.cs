using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>A9: no address is in use twice once partitions have healed, and behind every address that any node shows for a pod that pod answers.</summary>
internal sealed class AddressChecker(World world) : Checker(world, "A9")
{
    public override void AtRest()
    {
        var holders = new Dictionary<string, SimPod>(StringComparer.Ordinal);
        foreach (var node in World.Nodes)
            foreach (var pod in node.Runtime.Pods.Values)
                if (pod.IsAnythingUp && !holders.TryAdd(pod.Ip, pod)) Violated(node, $"gives {pod.Ip} to {pod.Launch.Name}, and {holders[pod.Ip].Launch.Name} has it");
        foreach (var node in World.Nodes)
        {
            if (!node.IsUp) continue;
            var view = node.Machine!.View(node.Now);
            foreach (var pod in view.Pods)
                if (pod.Ready && (!holders.TryGetValue(pod.Ip, out var holder) || holder.Launch.Pod != pod.Standing!.Run))
                    Violated(node, $"shows {pod.Name} at {pod.Ip}, where {holder?.Launch.Name ?? "nobody"} is");
            foreach (var endpoints in view.Endpoints)
                foreach (var one in endpoints.Ready)
                    if (!holders.TryGetValue(one.Ip, out var holder) || holder.Launch.Name != one.PodName) Violated(node, $"sends {endpoints.Service.Name} to {one.PodName} at {one.Ip}, where {holder?.Launch.Name ?? "nobody"} is");
        }
    }
}
