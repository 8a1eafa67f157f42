using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// A device is fragmented for a pod that cannot use what is left of it. A node's expected fragmentation is that over the
/// typical pods; the best node for a pod is where it grows least. Alike nodes are filled one after the other: what stays
/// free counts for a little, so that whole nodes are left for those who need them.
/// Source: Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent",
/// USENIX ATC 2023, section 4; the last part is ours.
/// </summary>
public static class Fragmentation
{
    /// <summary>The score where nothing changes. A pod of 8 whole devices moves it by 8,000 at most; beyond 32 all are alike.</summary>
    public const int Neutral = 1 << 15;
    public const int Greatest = 2 * Neutral;

    /// <summary>A 256th of what is free: less than anything that fragments, enough to tell an empty node from one in use.</summary>
    const int FreeShift = 8;

    /// <summary>In thousandths of a device: <see cref="Neutral"/> less the growth, for a pod that fits.</summary>
    public static int Score(PodTemplate pod, in NodeFacts node)
    {
        var devices = node.Free.Devices;
        if (devices.IsNone || node.Typical is not { HaveDevices: true } typical) return Neutral;
        return (int)Math.Clamp(Neutral - Growth(pod, node.Free.Cpu.Value, devices, typical) - (devices.Free >> FreeShift), 0, Greatest);
    }

    /// <summary>Thousandths of a device by which the expected fragmentation grows; below zero when the pod uses up what was of little use.</summary>
    public static long Growth(PodTemplate pod, long freeCpu, Devices devices, TypicalPods typical)
    {
        var (before, after) = (0L, 0L);
        var own = pod.Device is { } request && devices.Choose(request) is { } grant ? grant : new DeviceGrant(-1, 0);
        var milli = pod.Device?.Milli ?? 0;
        foreach (var shape in typical.Shapes)
        {
            before += shape.Count * Of(shape, freeCpu, devices, default, 0);
            after += shape.Count * Of(shape, freeCpu - pod.Requests.Cpu.Value, devices, own, milli);
        }
        return typical.Weight == 0 ? 0 : (after - before) / typical.Weight;
    }

    /// <summary>What of the free devices is of no use to pods of a shape, once <paramref name="taken"/> has lost so many thousandths each.</summary>
    static long Of(in TypicalPod shape, long freeCpu, Devices devices, DeviceGrant taken, int milli)
    {
        var (all, usable) = (0L, 0L);
        var groups = devices.Groups.AsSpan();
        for (var g = 0; g < groups.Length; g++)
        {
            var allowed = shape.Device is not null && freeCpu >= shape.Cpu && shape.Device.Allows(groups[g]);
            var (fitting, inGroup) = (0, 0L);
            var free = groups[g].Free.AsSpan();
            for (var i = 0; i < free.Length; i++)
            {
                var left = g == taken.Group && (taken.Mask >> i & 1) != 0 ? free[i] - milli : free[i];
                if (left <= 0) continue;
                all += left;
                if (!allowed || left < shape.Device!.Milli) continue;
                fitting++;
                inGroup += left;
            }
            if (allowed && fitting >= shape.Device!.Count) usable += inGroup;
        }
        return all - usable;
    }
}
