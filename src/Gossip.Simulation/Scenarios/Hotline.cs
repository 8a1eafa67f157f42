using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>How people reach the cluster: whichever node is up, and another when theirs dies or cannot answer.</summary>
internal sealed class Hotline(World world, RandomStream random)
{
    /// <summary>Asks a random node; when it dies before it answers, or cannot, another, a second later.</summary>
    public void Ask(Request request, Action<SimNode, Reply> answered, int tries)
    {
        if (tries == 0) return;
        var node = world.Nodes[random.Below(world.Nodes.Length)];
        var done = false;
        if (node.IsUp && !node.IsPaused)
            node.Ask(request, reply =>
            {
                if (done) return;
                done = reply is not Refused { Because: RefusedBecause.NotFound or RefusedBecause.Unavailable };
                if (done) answered(node, reply);
            });
        world.After(node.IsUp ? TimeSpan.FromSeconds(1) : TimeSpan.Zero, () =>
        {
            if (!done) Ask(request, answered, tries - 1);
        });
    }
}
