namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Every kind that is shown.</summary>
static class ShownKinds
{
    static readonly Dictionary<string, ShownKind> All = new ShownKind[]
    {
        new ShownPods(), new ShownNodes(), new ShownServices(), new ShownEndpoints(), new ShownNamespaces(), new ShownEvents(),
        new ShownConfigMaps(), new ShownSecrets(), new ShownBudgets(), new ShownPriorityClasses(),
        new ShownWorkloads(ApiKind.ReplicationController), new ShownWorkloads(ApiKind.ReplicaSet), new ShownWorkloads(ApiKind.Deployment),
    }.ToDictionary(shown => shown.Kind.Kind, StringComparer.Ordinal);

    public static ShownKind Of(ApiKind kind) => All[kind.Kind];
}
