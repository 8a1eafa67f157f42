using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Power and disks that fail in one run, drawn from its seed: all machines lose power at once, an fsync fails, a disk is full, and
/// two parts of the cluster reach only a third. The draws are of a stream of their own, beside
/// <see cref="FaultPlan"/>'s, so that neither changes what the other does.
/// </summary>
internal sealed class DiskFaults(World world, Ledger ledger, FaultPlan plan, RandomStream random)
{
    public void Begin(TimeSpan length)
    {
        if (random.Chance(0.3)) return; // faults also hide one another
        for (var i = 1 + random.Below(4); i > 0; i--)
            world.After(random.Between(TimeSpan.FromSeconds(3), length - TimeSpan.FromSeconds(1)), Happening());
    }

    /// <summary>Every disk is well; a process that has given up its disk begins anew.</summary>
    public void Heal()
    {
        ledger.WhenAcknowledged = null;
        foreach (var node in world.Nodes) Mend(node);
    }

    Action Happening() => random.Below(6) switch
    {
        0 => CutPower,
        1 or 2 => () => ledger.WhenAcknowledged = () => world.After(random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)), CutPower),
        3 => FailSync,
        4 => Fill,
        _ => Bridge,
    };

    SimNode Anyone() => world.Nodes[random.Below(world.Nodes.Length)];

    /// <summary>The whole site goes dark, and its machines come back one by one.</summary>
    void CutPower()
    {
        if (world.IsHealed) return;
        world.Sometimes.Count("all machines lose power at once");
        foreach (var node in world.Nodes)
        {
            node.LosePower();
            world.After(random.Between(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)), () =>
            {
                if (!plan.IsLost(node)) node.Start(); // nothing rots meanwhile: where every disk does, an operator has to decide
            });
        }
    }

    void FailSync()
    {
        var node = Anyone();
        node.FailsToSync = true;
        world.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40)), () => Mend(node));
    }

    void Fill()
    {
        var node = Anyone();
        node.FillDisk(true);
        world.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)), () => Mend(node));
    }

    void Mend(SimNode node)
    {
        if (node.IsDiskFull) node.FillDisk(false);
        if (!node.FailsToSync) return;
        node.FailsToSync = false;
        if (!node.IsUp) return; // whoever ended it starts it again, or the heal does
        node.Kill();
        node.Start();
    }

    /// <summary>The first and the last third reach the middle one, and not each other.</summary>
    void Bridge()
    {
        world.Sometimes.Count("two parts reach only a third");
        var part = new int[world.Nodes.Length];
        for (var i = 0; i < part.Length; i++) part[i] = random.Below(3);
        plan.Block((a, b) => Math.Abs(part[a] - part[b]) == 2, random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40)));
    }
}
