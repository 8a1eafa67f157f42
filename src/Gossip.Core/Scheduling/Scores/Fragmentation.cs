using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// A device is fragmented for a pod that cannot use what is left of it. A node's expected fragmentation is that over the
/// typical pods; the best node for a pod is where it grows least. Alike nodes are filled one after the other: what stays
/// free counts for a little, so that whole nodes are left for those who need them.
/// Source: Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent",
/// USENIX ATC 2023, section 4; the last part is ours.
/// </summary>
static class Fragmentation
{
    /// <summary>The score where nothing changes. A pod of 8 whole devices moves it by 8,000 at most; beyond 32 all are alike.</summary>
    public const int Neutral = Greatest / 2;
    public const int Greatest = ScoreParts.ValueMost;

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
    /// <remarks>What is free is either of use to a shape or a fragment for it, so it grows by what it loses in use less what the pod takes.</remarks>
    public static long Growth(PodTemplate pod, long freeCpu, Devices devices, TypicalPods typical)
    {
        var lost = 0L;
        var (grant, milli, taken) = (new DeviceGrant(-1, 0), 0, 0L);
        if (pod.Device is { } request && devices.Choose(request) is { } own) (grant, milli, taken) = (own, request.Milli, (long)request.Count * request.Milli);
        foreach (var shape in typical.Shapes)
            if (shape.Device is { } device && freeCpu >= shape.Cpu)
                lost += shape.Count * LostTo(device, devices, grant, milli, runsAfter: freeCpu - pod.Requests.Cpu.Value >= shape.Cpu);
        return typical.Weight == 0 ? 0 : (lost - taken * typical.Weight) / typical.Weight;
    }

    /// <summary>How much less of the devices pods of a shape can use, once those granted have lost so many thousandths each.</summary>
    /// <param name="runsAfter">There is still enough of the rest for such a pod.</param>
    static long LostTo(DeviceRequest shape, Devices devices, DeviceGrant grant, int milli, bool runsAfter)
    {
        var lost = 0L;
        var groups = devices.Groups.AsSpan();
        for (var g = 0; g < groups.Length; g++)
        {
            if (!shape.Allows(groups[g])) continue;
            var (fitBefore, before, fitAfter, after) = (0, 0L, 0, 0L);
            var free = groups[g].Free.AsSpan();
            for (var i = 0; i < free.Length; i++)
            {
                if (free[i] < shape.Milli) continue;
                fitBefore++;
                before += free[i];
                var left = g == grant.Group && (grant.Mask >> i & 1) != 0 ? free[i] - milli : free[i];
                if (left < shape.Milli) continue;
                fitAfter++;
                after += left;
            }
            if (fitBefore >= shape.Count) lost += before;
            if (runsAfter && fitAfter >= shape.Count) lost -= after;
        }
        return lost;
    }
}
