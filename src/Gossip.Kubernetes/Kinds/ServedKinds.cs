namespace Gossip.Kubernetes.Kinds;

/// <summary>Every kind that the API serves.</summary>
static class ServedKinds
{
    /// <summary>In the order of discovery.</summary>
    public static IReadOnlyList<ServedKind> All { get; } =
    [
        ConfigMapKind.Instance,
        EndpointsKind.Instance,
        EventKind.Instance,
        NamespaceKind.Instance,
        NodeKind.Instance,
        PodKind.Instance,
        ReplicationControllerKind.Instance,
        SecretKind.Instance,
        ServiceKind.Instance,
        DeploymentKind.Instance,
        ReplicaSetKind.Instance,
        PodDisruptionBudgetKind.Instance,
        PriorityClassKind.Instance,
    ];

    public static ServedKind? Find(string apiVersion, string kind) =>
        All.FirstOrDefault(known => known.Kind == kind && known.ApiVersion == apiVersion);

    /// <summary>By kind alone, whatever the version: for hints, and for what the tables hold.</summary>
    public static ServedKind? Of(string kind) => All.FirstOrDefault(known => known.Kind == kind);

    public static ServedKind? OfPlural(string group, string version, string plural) =>
        All.FirstOrDefault(known => known.Group == group && known.Version == version && known.Plural == plural);
}
