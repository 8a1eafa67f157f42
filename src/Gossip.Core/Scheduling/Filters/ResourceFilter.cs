using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Filters;

/// <summary>What the pod requests must be free. What it does not request is not looked at, so that a node in debt still takes those.</summary>
sealed class ResourceFilter : IFilter
{
    public string Name => "Resources";

    public bool Passes(PodTemplate pod, in NodeFacts node) => Fits(pod, node.Free);

    public FilterVerdict Check(PodTemplate pod, in NodeFacts node)
    {
        var asked = pod.Requests;
        var free = node.Free;
        if (Fits(pod, free)) return FilterVerdict.Yes;
        var lacks = new Shortage();
        if (Lacks(asked.Pods, free.Pods)) lacks.Add(string.Create(CultureInfo.InvariantCulture, $"all {node.Allocatable.Pods} pod places are taken"), "a pod place", "a pod place", asked.Pods, free.Pods);
        if (Lacks(asked.Cpu.Value, free.Cpu.Value))
            lacks.Add(string.Create(CultureInfo.InvariantCulture, $"needs {asked.Cpu.Value}m cpu, {free.Cpu.Value}m free"), "cpu", $"{Cores(asked.Cpu.Value - free.Cpu.Value)} cpu", asked.Cpu.Value, free.Cpu.Value);
        if (Lacks(asked.Memory.Value, free.Memory.Value)) AddBytes(ref lacks, "memory", asked.Memory, free.Memory);
        if (Lacks(asked.Disk.Value, free.Disk.Value)) AddBytes(ref lacks, "disk", asked.Disk, free.Disk);
        if (!asked.Extended.IsDefaultOrEmpty)
            foreach (var part in asked.Extended)
                if (!free.HasRoomFor(part) && free.CountOf(part.Name) is var count)
                    lacks.Add(string.Create(CultureInfo.InvariantCulture, $"needs {part.Count} {part.Name}, {count} free"), part.Name, string.Create(CultureInfo.InvariantCulture, $"{part.Count - count} {part.Name}"), part.Count, count);
        if (pod.Device is { } request && !free.Devices.Fits(request)) AddDevices(ref lacks, request, free.Devices);
        return FilterVerdict.No(lacks.Words, $"lack {lacks.What}", $"lacks {lacks.HowMuch}", lacks.Miss);
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
                if (!free.HasRoomFor(part)) return false;
        return true;
    }

    static void AddDevices(ref Shortage lacks, DeviceRequest request, Devices devices)
    {
        var (allowed, best) = (0, 0);
        foreach (var group in devices.Groups)
        {
            if (!request.Allows(group)) continue;
            allowed += group.Free.Length;
            foreach (var free in group.Free) best = request.Milli < DeviceRequest.Whole ? Math.Max(best, free) : free >= DeviceRequest.Whole ? best + 1 : best;
        }
        var asked = request.Milli < DeviceRequest.Whole ? request.Milli : request.Count;
        var (words, howMuch) = allowed == 0 ? ($"needs {request}, none there", request.ToString())
            : request.Milli < DeviceRequest.Whole
            ? (string.Create(CultureInfo.InvariantCulture, $"needs {request}, at most {best}/1000 free on one"), string.Create(CultureInfo.InvariantCulture, $"{asked - best}/1000 {request.Kind}"))
            : (string.Create(CultureInfo.InvariantCulture, $"needs {request}, {best} free"), string.Create(CultureInfo.InvariantCulture, $"{asked - best} {request.Kind}"));
        lacks.Add(words, request.Models.IsDefaultOrEmpty ? request.Kind : $"{request.Kind} of {string.Join('|', request.Models)}", howMuch, asked, best);
    }

    static void AddBytes(ref Shortage lacks, string what, Bytes asked, Bytes free) =>
        lacks.Add($"needs {Size(asked)} {what}, {Size(free)} free", what, $"{Size(new Bytes(asked.Value - free.Value))} {what}", asked.Value, free.Value);

    static bool Lacks(long asked, long free) => asked > 0 && asked > free;

    static string Cores(long milli) => (milli / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    static string Size(Bytes bytes) => bytes.Value % (1 << 20) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Value >> 20}Mi")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes.Value}");

    /// <summary>What one node has too little of.</summary>
    struct Shortage
    {
        public string Words = "", What = "", HowMuch = "";

        /// <summary>Thousandths of what was asked, summed.</summary>
        public long Miss;

        public Shortage()
        {
        }

        public void Add(string words, string what, string howMuch, long asked, long free)
        {
            Words = Words.Length == 0 ? words : $"{Words}; {words}";
            What = What.Length == 0 ? what : $"{What} and {what}";
            HowMuch = HowMuch.Length == 0 ? howMuch : $"{HowMuch} and {howMuch}";
            Miss += Math.Min(asked - free, asked) * 1000 / asked; // 2^53 times 1,000 still fits a long
        }
    }
}
