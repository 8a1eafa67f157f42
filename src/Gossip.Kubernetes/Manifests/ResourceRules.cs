using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of amounts: readable, not negative, not absurd, requests within limits.</summary>
static class ResourceRules
{
    public static void Check(JsonObject resources, string field, Findings findings)
    {
        var before = findings.Faults.Count;
        foreach (var part in (ReadOnlySpan<string>)["requests", "limits"])
            if (resources[part] is JsonObject amounts)
                foreach (var (name, value) in amounts) CheckAmount(name, value, Findings.Key($"{field}.{part}", name), amounts, findings);
        if (findings.Faults.Count > before || resources["requests"] is not JsonObject requests || resources["limits"] is not JsonObject limits) return;
        foreach (var (name, value) in requests)
            if (Milli(value) is { } asked && Milli(limits[name]) is { } most && asked > most)
                findings.Fault(Findings.Key($"{field}.requests", name), value, FaultReason.Invalid,
                    $"is {Text(value)}, more than its limit {Text(limits[name])}: raise the limit or ask for less");
    }

    static void CheckAmount(string name, JsonNode? value, string field, JsonNode near, Findings findings)
    {
        if (value is null) return;
        findings.FaultIf(Names.Key(name), field, near);
        var text = Text(value);
        var inThousandths = name == "cpu";
        if (!(inThousandths ? Quantity.TryReadMilli(text, out var amount, out var problem) : Quantity.TryReadWhole(text, out amount, out problem)))
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
        else if (unit == "pieces" && Milli(value) is { } milli && milli % 1000 != 0)
            findings.Fault(field, value, FaultReason.Invalid, $"is {text}: {name} is counted in whole pieces");
    }

    /// <summary>In thousandths; null when it is no amount, or beyond what is taken.</summary>
    internal static long? Milli(JsonNode? value) => Quantity.TryReadMilli(Text(value), out var milli, out _) ? milli : null;

    /// <summary>In whole units, rounded up.</summary>
    internal static long? Whole(JsonNode? value) => Quantity.TryReadWhole(Text(value), out var whole, out _) ? whole : null;

    /// <summary>An amount is text or a number.</summary>
    static string Text(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : value?.ToJsonString() ?? "";
}
