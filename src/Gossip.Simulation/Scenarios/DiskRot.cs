using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>Disks that forget while their node is away: a bit of a file turns, or a file is gone.</summary>
internal sealed class DiskRot
{
    readonly RandomStream luck;

    public DiskRot(World world, RandomStream luck)
    {
        this.luck = luck;
        // So small that there are snapshots to damage, and that joined contexts lie in the log behind them.
        foreach (var node in world.Nodes) node.CompactAt = 4096 + luck.Below(32 * 1024);
    }

    /// <summary>Half of those that come back find something wrong.</summary>
    public void Hit(SimNode away)
    {
        if (away.IsUp || !luck.Chance(0.5)) return;
        away.DamageDisk(luck.Below(4) switch
        {
            0 => store => store.DamageSnapshot(luck),
            1 => store => store.LoseSnapshot(),
            2 => store => store.DamageLog(luck),
            _ => store => store.LoseLog(),
        });
    }
}
