using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>Amounts are readable, not negative, not absurd, and requests are within limits.</summary>
sealed class ResourceAmountsRule : ContainerRule
{
    protected override void Check(JsonObject container, string field, PodPart pod, Findings findings)
    {
        if (container["resources"] is JsonObject resources) Check(resources, $"{field}.resources", findings);
    }

    static void Check(JsonObject resources, string field, Findings findings)
    {
        var before = findings.Faults.Count;
        foreach (var part in (ReadOnlySpan<string>)["requests", "limits"])
            if (resources[part] is JsonObject amounts)
                foreach (var (name, value) in amounts) CheckAmount(name, value, Findings.Key($"{field}.{part}", name), amounts, findings);
        if (findings.Faults.Count > before) return;
        if (resources["requests"] is not JsonObject requests || resources["limits"] is not JsonObject limits) return;
        foreach (var (name, value) in requests)
            if (JsonQuantity.Milli(value) is { } asked && JsonQuantity.Milli(limits[name]) is { } most && asked > most)
                findings.Fault(Findings.Key($"{field}.requests", name), value, FaultReason.Invalid,
                    $"is {JsonQuantity.Text(value)}, more than its limit {JsonQuantity.Text(limits[name])}: "
                    + "raise the limit or ask for less");
    }

    static void CheckAmount(string name, JsonNode? value, string field, JsonNode near, Findings findings)
    {
        if (value is null) return;
        findings.FaultIf(Names.Key(name), field, near);
        var text = JsonQuantity.Text(value);
        var inThousandths = name == "cpu";
        var isAmount = inThousandths
            ? Quantity.TryReadMilli(text, out var amount, out var problem)
            : Quantity.TryReadWhole(text, out amount, out problem);
        if (!isAmount)
        {
            findings.Fault(field, value, FaultReason.Invalid, $"{problem}: write an amount such as 250m, 2 or 64Mi");
            return;
        }
        var (most, unit) = name switch
        {
            "cpu" => (ManifestLimits.Cpu, "cores"),
            "memory" or "ephemeral-storage" => (ManifestLimits.Bytes, "bytes (1Pi)"),
            Resources.Bandwidth => (ManifestLimits.Bandwidth, "bits a second (1P)"),
            _ => (ManifestLimits.Extended, "pieces"),
        };
        if (amount > (inThousandths ? most * 1000 : most))
            findings.Fault(field, value, FaultReason.Invalid, $"is {text}: no machine has that much, the most taken is {most} {unit}");
        else if (unit == "pieces" && JsonQuantity.Milli(value) is { } milli && milli % 1000 != 0)
            findings.Fault(field, value, FaultReason.Invalid, $"is {text}: {name} is counted in whole pieces");
    }
}
