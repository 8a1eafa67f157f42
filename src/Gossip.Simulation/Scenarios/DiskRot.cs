using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Disks that forget while their node is away: a bit of a file turns, a file is gone, or somebody puts an older one, or another node's,
/// in its place.
/// </summary>
internal sealed class DiskRot
{
    readonly World world;
    readonly RandomStream random;
    readonly SimDisk?[] kept;

    public DiskRot(World world, RandomStream random)
    {
        this.world = world;
        this.random = random;
        kept = new SimDisk?[world.Nodes.Length];
        // So small that there are snapshots to damage, and that joined contexts lie in the log behind them.
        foreach (var node in world.Nodes) node.CompactAt = 4096 + random.Below(32 * 1024);
        foreach (var node in world.Nodes) // somebody makes backups
            world.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12)), () => kept[node.Index] = node.Store.Copy());
    }

    /// <summary>Most of those that come back find something wrong.</summary>
    public void Hit(SimNode away)
    {
        if (away.IsUp) return;
        var (older, other) = (kept[away.Index], world.Nodes[random.Below(world.Nodes.Length)]);
        if (!random.Chance(0.7)) return;
        away.DamageDisk(random.Below(10) switch
        {
            0 => store => store.DamageSnapshot(random),
            1 => store => store.LoseSnapshot(),
            2 => store => store.DamageLog(random),
            3 => store => store.LoseLog(),
            4 => store => store.LoseCard(),
            5 => store => store.LoseLog() | store.LoseSnapshot(),
            6 => store => older is not null && store.Restore(older),
            7 or 8 => store => older is not null && store.Mix(older, isLog: random.Chance(0.5)),
            _ => store => other != away && store.Swap(other.Store, isLog: random.Chance(0.5)),
        });
    }
}
