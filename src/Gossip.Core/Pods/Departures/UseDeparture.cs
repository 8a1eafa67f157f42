using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// Who leaves because of what it uses of its machine: every pod beyond a limit of its own; and while the machine is short of something,
/// one pod at a time, of those that use more than they asked for. Nobody else pays for a disk that others fill.
/// (Source: the kubelet's eviction manager; its order is: beyond its request, by priority, by how far beyond.)
/// </summary>
sealed class UseDeparture(SlotTable slots)
{
    /// <summary>For so long this node does not bid for the pod that made it short.</summary>
    static readonly TimeSpan HoldBack = TimeSpan.FromMinutes(1);

    /// <summary>A pod that asks for nothing may use this much before it is one of those who fill the disk.</summary>
    const long SmallUse = 1 << 20;

    /// <summary>With fewer processes a pod is not one of those who take the machine's.</summary>
    const int FewProcesses = 100;

    /// <summary>Who goes now, and why.</summary>
    /// <param name="used">What one runtime tells: only its pods are judged.</param>
    public List<(KeptPod Pod, Departure Verdict)> Judge(KeptPods kept, MachineUsed used)
    {
        List<(KeptPod, Departure)> leaving = [];
        var room = used.Use.Disk;
        (KeptPod Pod, long Over, int Priority)? worst = null;
        (KeptPod Pod, int Processes)? busiest = null;
        var freesRoom = false;
        foreach (var use in used.Use.Pods)
        {
            if (kept.Find(use.Pod) is not { } pod) continue;
            if (pod.IsEnding) freesRoom |= use.Disk.Value > SmallUse;
            if (!pod.Runs) continue;
            if (LimitBroken(pod.Template, use) is { } why)
            {
                leaving.Add((pod, Verdict(why)));
                freesRoom = true;
                continue;
            }
            var over = use.Disk.Value - Math.Max(pod.Template.Requests.Disk.Value, SmallUse);
            var priority = slots.Find(use.Pod.Pod) is { } slot ? slots.PriorityOf(slot) : 0;
            if (over > 0 && (worst is not { } first || (-priority, over).CompareTo((-first.Priority, first.Over)) > 0))
                worst = (pod, over, priority);
            if (use.Processes > Math.Max(busiest?.Processes ?? 0, FewProcesses)) busiest = (pod, use.Processes);
        }
        if (room.IsLow && !freesRoom && worst is { } hog)
            leaving.Add((hog.Pod, Short("ephemeral-storage", room.Least.Value, room.Free.Value,
                string.Create(CultureInfo.InvariantCulture, $"uses {hog.Over} bytes more than it asked for"))));
        else if (used.Processes.IsLow && leaving.Count == 0 && busiest is { } many)
            leaving.Add((many.Pod, Short("pids", used.Processes.Least, used.Processes.Free,
                string.Create(CultureInfo.InvariantCulture, $"has {many.Processes} processes"))));
        return leaving;
    }

    static Departure Short(string resource, long least, long free, string pod) => Verdict(string.Create(CultureInfo.InvariantCulture,
        $"The node was low on resource: {resource}. Threshold quantity: {least}, available: {free}. The pod {pod}."));

    static Departure Verdict(string why) =>
        new(PodReasons.OutgrewNode, why) { HoldBack = HoldBack, IsNoted = true, GraceMost = TimeSpan.Zero };

    static string? LimitBroken(PodTemplate template, PodUse use)
    {
        foreach (var volume in template.Volumes)
            if (volume is EmptyDirVolume { InMemory: false, SizeLimit: { } most })
                foreach (var part in use.Volumes)
                    if (part.Volume == volume.Name && part.Used.Value > most.Value)
                        return string.Create(CultureInfo.InvariantCulture,
                            $"Usage of EmptyDir volume \"{volume.Name}\" exceeds the limit of {most.Value} bytes.");
        return LimitOf(template) is { } limit && use.Disk.Value > limit
            ? string.Create(CultureInfo.InvariantCulture,
                $"Pod ephemeral local storage usage exceeds the total limit of containers {limit} bytes.")
            : null;
    }

    /// <summary>The sum of what its containers may use; null when one of them has no limit.</summary>
    static long? LimitOf(PodTemplate template)
    {
        long sum = 0;
        foreach (var container in template.Containers)
        {
            if (container.Limits.Disk.Value == 0) return null;
            sum += container.Limits.Disk.Value;
        }
        return sum;
    }
}
