using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Which fields of a pod its containers may ask for: Kubernetes' downward API.</summary>
static class PodFields
{
    public static bool InVariables(string path) =>
        path is "metadata.name" or "metadata.namespace" or "metadata.uid" or "spec.nodeName" or "spec.serviceAccountName"
            or "status.hostIP" or "status.hostIPs" or "status.podIP" or "status.podIPs"
        || KeyOf(path, "metadata.labels") is not null || KeyOf(path, "metadata.annotations") is not null;

    /// <summary>Files may hold all labels at once; of what differs between nodes they hold nothing.</summary>
    public static bool InFiles(string path) =>
        path is "metadata.name" or "metadata.namespace" or "metadata.uid" or "metadata.labels" or "metadata.annotations"
        || KeyOf(path, "metadata.labels") is not null || KeyOf(path, "metadata.annotations") is not null;

    /// <summary>The key of <c>metadata.labels['key']</c>.</summary>
    public static string? KeyOf(string path, string map) =>
        path.StartsWith(map, StringComparison.Ordinal) && path.AsSpan(map.Length) is ['[', '\'', .. { Length: > 0 } key, '\'', ']'] ? key.ToString() : null;

    public static ResourceField ReadResource(JsonElement of, string path, TemplateFaults faults, bool isFile)
    {
        var resource = JsonTexts.Text(of, "resource") ?? "";
        faults.RefuseIf(!IsResource(resource), $"{path}.resource", $"\"{resource}\" is not one of limits and requests: limits.cpu, requests.memory …");
        var container = JsonTexts.Text(of, "containerName") ?? "";
        faults.RefuseIf(isFile && container.Length == 0, $"{path}.containerName", "is missing: a file belongs to no container");
        var divisor = 0L;
        if (of.TryGetProperty("divisor", out var given) && given.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && !Quantity.TryReadMilli(JsonTexts.Scalar(given), out divisor, out var why)) faults.Refuse($"{path}.divisor", why);
        return new ResourceField(container, resource, divisor == 0 ? 1000 : divisor);
    }

    static bool IsResource(string resource) =>
        resource is "limits.cpu" or "limits.memory" or "limits.ephemeral-storage" or "requests.cpu" or "requests.memory" or "requests.ephemeral-storage"
        || resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);
}
