using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>The rules of amounts: readable, not negative, not absurd, requests within limits.</summary>
static class ResourceRules
{
    public static void Check(JsonObject resources, string field, Findings findings)
    {
        foreach (var part in (ReadOnlySpan<string>)["requests", "limits"])
            if (resources[part] is JsonObject amounts)
                foreach (var (name, value) in amounts) CheckAmount(name, value, $"{field}.{part}{Step(name)}", amounts, findings);
        if (findings.Faults.Count > 0 || resources["requests"] is not JsonObject requests || resources["limits"] is not JsonObject limits) return;
        foreach (var (name, value) in requests)
            if (Read(value) is { } asked && Read(limits[name]) is { } most && asked.Milli > most.Milli)
                findings.Fault($"{field}.requests{Step(name)}", value, FaultReason.Invalid,
                    $"is {Text(value)}, more than its limit {Text(limits[name])}: raise the limit or ask for less");
    }

    static void CheckAmount(string name, JsonNode? value, string field, JsonNode near, Findings findings)
    {
        if (value is null) return;
        findings.FaultIf(Names.Key(name), field, near);
        if (Read(value) is not { } amount)
        {
            findings.Fault(field, value, FaultReason.Invalid, $"'{Text(value)}' is not an amount: write it like 250m, 2 or 64Mi");
            return;
        }
        if (amount.Milli < 0)
        {
            findings.Fault(field, value, FaultReason.Invalid, $"is {Text(value)}: must not be negative");
            return;
        }
        var (most, unit) = name switch
        {
            "cpu" => (ManifestLimits.Cpu, "cores"),
            "memory" or "ephemeral-storage" => (ManifestLimits.Bytes, "bytes (1Pi)"),
            _ => (ManifestLimits.Extended, "pieces"),
        };
        if (amount.Whole > most)
            findings.Fault(field, value, FaultReason.Invalid, $"is {Text(value)}: no machine has that much, the most taken is {most} {unit}");
        else if (unit == "pieces" && !amount.IsWhole)
            findings.Fault(field, value, FaultReason.Invalid, $"is {Text(value)}: {name} is counted in whole pieces");
    }

    /// <summary>An amount as text or as a number; null when it is neither.</summary>
    internal static Quantity? Read(JsonNode? value) =>
        value is JsonValue && Quantity.TryParse(Text(value), out var quantity) ? quantity : null;

    static string Text(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : value?.ToJsonString() ?? "";

    static string Step(string name) => Findings.Key("", name) is ['[', ..] bracketed ? bracketed : $".{name}";
}
