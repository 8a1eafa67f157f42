using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Amounts of a template: of each container, and of the pod together.</summary>
sealed class ResourceReader(TemplateFaults faults)
{
    public (Resources Requests, Resources Limits) Read(JsonElement container, string path)
    {
        var resources = JsonTexts.Member(container, "resources", JsonValueKind.Object) ?? default;
        var limits = ReadAmounts(resources, "limits", $"{path}.resources");
        var requests = ReadAmounts(resources, "requests", $"{path}.resources");
        foreach (var (resource, most) in limits)
            if (!requests.TryAdd(resource, most) && requests[resource] > most)
                faults.Refuse($"{path}.resources.requests.{resource}", "is more than its limit");
        return (ToResources(requests), ToResources(limits));
    }

    /// <summary>What the pod itself costs beside its containers.</summary>
    public Resources ReadOverhead(JsonElement spec) => ToResources(ReadAmounts(spec, "overhead", "spec"));

    /// <summary>
    /// The most that ever runs at once: an init container runs alone, but for the sidecars that started before it; what
    /// stays are the main containers with all sidecars. (Source: KEP-753, Sidecar containers.)
    /// </summary>
    public static Resources OfPod(ImmutableArray<ContainerSpec> init, ImmutableArray<ContainerSpec> main, Resources overhead)
    {
        var sidecars = Resources.Zero;
        var starting = Resources.Zero;
        foreach (var container in init)
        {
            starting = Resources.Max(starting, sidecars + container.Requests);
            if (container.Role == ContainerRole.Sidecar) sidecars += container.Requests;
        }
        foreach (var container in main) sidecars += container.Requests;
        return Resources.Max(starting, sidecars) + overhead with { Pods = 1 };
    }

    public static bool Fits(in Resources all)
    {
        foreach (var resource in all.Extended)
            if (resource.Count > Resources.Greatest) return false;
        return all.Cpu.Value <= Resources.Greatest && all.Memory.Value <= Resources.Greatest && all.Disk.Value <= Resources.Greatest;
    }

    SortedDictionary<string, long> ReadAmounts(JsonElement of, string which, string path)
    {
        var read = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (JsonTexts.Member(of, which, JsonValueKind.Object) is not { } amounts) return read;
        foreach (var amount in amounts.EnumerateObject())
        {
            var field = $"{path}.{which}.{amount.Name}";
            var text = JsonTexts.Scalar(amount.Value);
            var understood = amount.Name == "cpu"
                ? Quantity.TryReadMilli(text, out var value, out var why)
                : Quantity.TryReadWhole(text, out value, out why);
            if (!understood) faults.Refuse(field, why);
            else if (IsExtended(amount.Name) && Quantity.TryReadMilli(text, out var milli, out _) && milli % 1000 != 0) faults.Refuse(field, $"\"{text}\" is not a whole number");
            else read[amount.Name] = value;
        }
        return read;
    }

    static Resources ToResources(SortedDictionary<string, long> amounts)
    {
        var extended = ImmutableArray.CreateBuilder<ExtendedResource>();
        foreach (var (name, count) in amounts)
            if (IsExtended(name) && count > 0) extended.Add(new ExtendedResource(name, count));
        return new Resources(
            new MilliCpu(amounts.GetValueOrDefault("cpu")),
            new Bytes(amounts.GetValueOrDefault("memory")),
            new Bytes(amounts.GetValueOrDefault("ephemeral-storage")),
            0,
            extended.DrainToImmutable());
    }

    static bool IsExtended(string name) => name.Contains('/') || name.StartsWith("hugepages-", StringComparison.Ordinal);
}
