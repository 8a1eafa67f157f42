using k8s.Models;

namespace Gossip.Kubernetes.Patching;

/// <summary>How a strategic merge patch merges one list, as Kubernetes' Go types say it; without a rule it is replaced.</summary>
/// <param name="Key">By which items are the same; empty for a set of plain values.</param>
readonly record struct ListMerging(string Key)
{
    static readonly Dictionary<(Type, string), ListMerging> Rules = new()
    {
        [(typeof(V1ObjectMeta), "ownerReferences")] = new("uid"),
        [(typeof(V1ObjectMeta), "finalizers")] = new(""),
        [(typeof(V1PodSpec), "containers")] = new("name"),
        [(typeof(V1PodSpec), "initContainers")] = new("name"),
        [(typeof(V1PodSpec), "ephemeralContainers")] = new("name"),
        [(typeof(V1PodSpec), "volumes")] = new("name"),
        [(typeof(V1PodSpec), "imagePullSecrets")] = new("name"),
        [(typeof(V1PodSpec), "schedulingGates")] = new("name"),
        [(typeof(V1PodSpec), "resourceClaims")] = new("name"),
        [(typeof(V1PodSpec), "hostAliases")] = new("ip"),
        [(typeof(V1PodSpec), "topologySpreadConstraints")] = new("topologyKey"),
        [(typeof(V1Container), "env")] = new("name"),
        [(typeof(V1Container), "ports")] = new("containerPort"),
        [(typeof(V1Container), "volumeMounts")] = new("mountPath"),
        [(typeof(V1Container), "volumeDevices")] = new("devicePath"),
        [(typeof(V1EphemeralContainer), "env")] = new("name"),
        [(typeof(V1EphemeralContainer), "ports")] = new("containerPort"),
        [(typeof(V1EphemeralContainer), "volumeMounts")] = new("mountPath"),
        [(typeof(V1EphemeralContainer), "volumeDevices")] = new("devicePath"),
        [(typeof(V1ServiceSpec), "ports")] = new("port"),
        [(typeof(V1NodeSpec), "podCIDRs")] = new(""),
        [(typeof(V1NodeStatus), "addresses")] = new("type"),
        [(typeof(V1PodStatus), "podIPs")] = new("ip"),
        [(typeof(V1PodStatus), "hostIPs")] = new("ip"),
    };

    /// <summary>Objects that are replaced whole.</summary>
    static readonly HashSet<(Type, string)> Replaced = [(typeof(V1PodDisruptionBudgetSpec), "selector")];

    /// <param name="owner">The model of the object that holds the list; null for what no model knows.</param>
    public static ListMerging? Of(Type? owner, string field)
    {
        if (owner is null) return null;
        if (Rules.TryGetValue((owner, field), out var rule)) return rule;
        // Every status has its conditions by type.
        return field == "conditions" && owner.Name.EndsWith("Status", StringComparison.Ordinal) ? new ListMerging("type") : null;
    }

    public static bool IsReplaced(Type? owner, string field) => owner is not null && Replaced.Contains((owner, field));
}
