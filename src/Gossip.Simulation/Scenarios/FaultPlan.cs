using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Everything that goes wrong in one run, drawn from its seed: how bad the network, disks, clocks and pods are
/// throughout, and what happens to whom and when. About a third of the knobs are off in any one run, since faults
/// also hide one another.
/// </summary>
/// <param name="rot">What disks forget in between; null where they keep everything.</param>
internal sealed class FaultPlan(World world, Users users, RandomStream random, DiskRot? rot = null)
{
    /// <summary>Machines that fail at the same time: a minority, so that what the pods need is left.</summary>
    int Minority => Math.Max(1, world.Nodes.Length / 4);

    /// <summary>Sets the faults that last and plans those that happen; returns how long the unsafe phase is.</summary>
    public TimeSpan Begin()
    {
        var most = random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(30));
        world.Network.Faults = new LinkFaults(
            Sometimes(0.15), Sometimes(0.05), TimeSpan.FromMicroseconds(100), most, Sometimes(0.02), TimeSpan.FromMilliseconds(800));
        foreach (var node in world.Nodes)
        {
            node.SyncDelay = random.Between(TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(random.Chance(0.5) ? 300 : 10));
            node.Runtime.Faults = new RuntimeFaults(
                random.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(500)),
                random.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(500)),
                Sometimes(0.05), Sometimes(0.1), Sometimes(0.1), Sometimes(0.1));
        }
        var length = random.Between(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(50));
        for (var i = 3 + random.Below(8); i > 0; i--)
            world.After(random.Between(TimeSpan.FromSeconds(3), length - TimeSpan.FromSeconds(1)), Happening());
        return length;
    }

    /// <summary>Everything works again and every process is back, except machines that are gone for good.</summary>
    public void Heal()
    {
        world.Network.Heal();
        foreach (var node in world.Nodes)
        {
            node.Runtime.Faults = RuntimeFaults.None;
            node.SyncDelay = TimeSpan.FromMilliseconds(1);
            node.Resume();
            node.Runtime.ReturnEngine(); // heard after what a paused process still has to hear
            if (!node.IsUp && !lost.Contains(node.Index)) Start(node);
        }
    }

    readonly SortedSet<int> lost = [];

    /// <summary>Its machine never comes back.</summary>
    public bool IsLost(SimNode node) => lost.Contains(node.Index);

    double Sometimes(double most) => random.Chance(0.3) ? 0 : random.Unit() * most;

    Action Happening() => random.Below(16) switch
    {
        0 or 1 => () => Kill(1 + random.Below(Minority)),
        2 or 3 => LoseMachines,
        4 => LoseOneForGood,
        5 or 6 => Pause,
        7 or 8 => LoseEngines,
        9 => Split,
        10 => OneWay,
        11 => LossyNode,
        12 => StepClock,
        13 => users.ScaleOne,
        14 => users.EditOne,
        _ => users.DeleteOne,
    };

    SimNode Anyone() => world.Nodes[random.Below(world.Nodes.Length)];

    void Kill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var node = Anyone();
            if (random.Chance(0.2)) node.StopCleanly();
            else node.Kill();
            BackAfter(node, random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(20)));
        }
    }

    void LoseMachines()
    {
        for (var i = random.Below(Minority); i >= 0; i--)
        {
            var node = Anyone();
            node.LosePower();
            if (random.Chance(0.4)) node.LoseDisk();
            BackAfter(node, random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        }
    }

    void LoseEngines()
    {
        for (var i = random.Below(Minority); i >= 0; i--)
        {
            var node = Anyone();
            node.Runtime.LoseEngine(random.Chance(0.6) ? EngineFate.PodsLiveOn
                : random.Chance(0.5) ? EngineFate.ContainersDie : EngineFate.PodsVanish);
            world.After(random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)), node.Runtime.ReturnEngine);
            if (!random.Chance(0.3)) continue;
            node.Kill(); // it takes the node's process along
            BackAfter(node, random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)));
        }
    }

    void LoseOneForGood()
    {
        // Every seventh machine at most, and never one of those that the picky pod needs.
        var node = Anyone();
        if (node.Index % 5 == 0 || lost.Count >= world.Nodes.Length / 7) return;
        world.Sometimes.Count("a machine is lost for good");
        node.LosePower();
        node.LoseDisk();
        lost.Add(node.Index);
    }

    void Pause()
    {
        for (var i = random.Below(Minority); i >= 0; i--)
        {
            var node = Anyone();
            node.Pause();
            world.After(random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(15)), node.Resume);
        }
    }

    void Split()
    {
        world.Sometimes.Count("the network splits");
        var side = new bool[world.Nodes.Length];
        for (var i = 0; i < side.Length; i++) side[i] = random.Chance(0.5);
        Block((a, b) => side[a] != side[b], random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40)));
    }

    void OneWay()
    {
        world.Sometimes.Count("a node is deaf or mute");
        var one = Anyone().Index;
        var deaf = random.Chance(0.5);
        Block((a, b) => (deaf ? b : a) == one && a != b, random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)));
    }

    void LossyNode()
    {
        var one = Anyone().Index;
        for (var other = 0; other < world.Nodes.Length; other++) world.Network.Lose(one, other, 0.8);
        world.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15)), () =>
        {
            for (var other = 0; other < world.Nodes.Length; other++) world.Network.Lose(one, other, 0);
        });
    }

    void StepClock()
    {
        world.Sometimes.Count("a wall clock is stepped");
        var most = TimeSpan.FromDays(random.Chance(0.2) ? 3650 : 0.1);
        Anyone().Clock.Step(random.Between(-most, most));
    }

    public void Block(Func<int, int, bool> isCut, TimeSpan time)
    {
        SetBlocked(isCut, true);
        world.After(time, () => SetBlocked(isCut, false));
    }

    void SetBlocked(Func<int, int, bool> isCut, bool blocked)
    {
        for (var a = 0; a < world.Nodes.Length; a++)
            for (var b = 0; b < world.Nodes.Length; b++)
                if (isCut(a, b)) world.Network.Block(a, b, blocked);
    }

    void BackAfter(SimNode node, TimeSpan time) => world.After(time, () =>
    {
        if (!lost.Contains(node.Index)) Start(node);
    });

    void Start(SimNode node)
    {
        rot?.Hit(node);
        node.Start();
    }
}
