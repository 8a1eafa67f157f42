using Gossip.Core.Primitives;

namespace Gossip.Core.Kinds;

/// <summary>The list of kinds that decide something here. Any other kind is kept, passed on and shown as it was sent.</summary>
static class ObjectKinds
{
    static readonly ObjectKind Other = new();

    static readonly Dictionary<string, ObjectKind> Known = new(StringComparer.Ordinal)
    {
        [PodKind.Kind] = new PodKind(),
        [DeploymentKind.Kind] = new DeploymentKind(),
        [ReplicaSetKind.Kind] = new ReplicaSetKind(),
        [ReplicationControllerKind.Kind] = new ReplicationControllerKind(),
        [ServiceKind.Kind] = new ServiceKind(),
        [ConfigMapKind.Kind] = new ConfigMapKind(),
        [SecretKind.Kind] = new SecretKind(),
        [NodeKind.Kind] = new NodeKind(),
        [NamespaceKind.Kind] = new NamespaceKind(),
        [PodDisruptionBudgetKind.Kind] = new PodDisruptionBudgetKind(),
        [PriorityClassKind.Kind] = new PriorityClassKind(),
        [VotersKind.Kind] = new VotersKind(),
    };

    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static ObjectKind Of(in ObjectName name) => Known.GetValueOrDefault(name.Kind, Other);

    public static KindRole RoleOf(in ObjectName name) => Of(name).Role;

    /// <summary>Null for a kind that derives no pods.</summary>
    public static WorkloadKind? WorkloadOf(in ObjectName name) => Of(name) as WorkloadKind;
}
