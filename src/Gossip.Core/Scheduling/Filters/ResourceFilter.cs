using System.Globalization;
using Gossip.Core.Model;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>What the pod requests must be free. What it does not request is not looked at, so that a node in debt still takes those.</summary>
public sealed class ResourceFilter : IFilter
{
    public string Name => "Resources";

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        var asked = pod.Requests;
        var free = node.Free;
        if (Fits(pod, free)) return FilterVerdict.Yes;
        var lacks = new List<string>();
        if (Lacks(asked.Pods, free.Pods)) lacks.Add(string.Create(CultureInfo.InvariantCulture, $"all {node.Allocatable.Pods} pod places are taken"));
        if (Lacks(asked.Cpu.Value, free.Cpu.Value)) lacks.Add(string.Create(CultureInfo.InvariantCulture, $"needs {asked.Cpu.Value}m cpu, {free.Cpu.Value}m free"));
        if (Lacks(asked.Memory.Value, free.Memory.Value)) lacks.Add($"needs {Size(asked.Memory)} memory, {Size(free.Memory)} free");
        if (Lacks(asked.Disk.Value, free.Disk.Value)) lacks.Add($"needs {Size(asked.Disk)} disk, {Size(free.Disk)} free");
        if (!asked.Extended.IsDefaultOrEmpty)
            foreach (var part in asked.Extended)
                if (Lacks(part.Count, free.CountOf(part.Name)))
                    lacks.Add(string.Create(CultureInfo.InvariantCulture, $"needs {part.Count} {part.Name}, {free.CountOf(part.Name)} free"));
        if (pod.Device is { } request && !free.Devices.Fits(request)) lacks.Add(Lacking(request, free.Devices));
        return FilterVerdict.No(string.Join("; ", lacks));
    }

    public static bool Fits(PodTemplate pod, in Resources free) =>
        Fits(pod.Requests, free) && (pod.Device is null || free.Devices.Fits(pod.Device));

    /// <summary>Without devices.</summary>
    public static bool Fits(in Resources asked, in Resources free)
    {
        if (Lacks(asked.Pods, free.Pods) || Lacks(asked.Cpu.Value, free.Cpu.Value)
            || Lacks(asked.Memory.Value, free.Memory.Value) || Lacks(asked.Disk.Value, free.Disk.Value)) return false;
        if (!asked.Extended.IsDefaultOrEmpty)
            foreach (var part in asked.Extended)
                if (Lacks(part.Count, free.CountOf(part.Name))) return false;
        return true;
    }

    static string Lacking(DeviceRequest request, Devices devices)
    {
        var (allowed, best) = (0, 0);
        foreach (var group in devices.Groups)
        {
            if (!request.Allows(group)) continue;
            allowed += group.Free.Length;
            foreach (var free in group.Free) best = request.Milli < DeviceRequest.Whole ? Math.Max(best, free) : free >= DeviceRequest.Whole ? best + 1 : best;
        }
        if (allowed == 0) return $"needs {request}, none there";
        return request.Milli < DeviceRequest.Whole
            ? string.Create(CultureInfo.InvariantCulture, $"needs {request}, at most {best}/1000 free on one")
            : string.Create(CultureInfo.InvariantCulture, $"needs {request}, {best} free");
    }

    static bool Lacks(long asked, long free) => asked > 0 && asked > free;

    static string Size(Bytes bytes) => bytes.Value % (1 << 20) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Value >> 20}Mi")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes.Value}");
}
