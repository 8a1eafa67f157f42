using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using k8s.Models;

namespace Gossip.Kubernetes;

/// <summary>A kind that the API serves, by all of its names.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Model">The typed view of its JSON.</param>
public sealed record ApiKind(
    string Kind, string Plural, string Singular, string ShortName, string Group, string Version, bool Namespaced, Type Model)
{
    public const string Pod = "Pod", ReplicationController = "ReplicationController", ReplicaSet = "ReplicaSet",
        Deployment = "Deployment", Service = "Service", Endpoints = "Endpoints", Node = "Node",
        Namespace = "Namespace", Event = "Event", ConfigMap = "ConfigMap", Secret = "Secret", DisruptionBudget = Core.Tables.DisruptionBudget.Kind,
        PriorityClass = Core.Templates.PriorityClass.Kind;

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As errors name it: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>It makes pods by its <c>spec.template</c>.</summary>
    public bool IsWorkload => Kind is ReplicationController or ReplicaSet or Deployment;

    public ObjectName Name(string @namespace, string name) => new(Kind, Namespaced ? @namespace : "", name);

    public static readonly IReadOnlyList<ApiKind> All =
    [
        new(ConfigMap, "configmaps", "configmap", "cm", "", "v1", true, typeof(V1ConfigMap)),
        new(Endpoints, "endpoints", "endpoints", "ep", "", "v1", true, typeof(V1Endpoints)),
        new(Event, "events", "event", "ev", "", "v1", true, typeof(Corev1Event)),
        new(Namespace, "namespaces", "namespace", "ns", "", "v1", false, typeof(V1Namespace)),
        new(Node, "nodes", "node", "no", "", "v1", false, typeof(V1Node)),
        new(Pod, "pods", "pod", "po", "", "v1", true, typeof(V1Pod)),
        new(ReplicationController, "replicationcontrollers", "replicationcontroller", "rc", "", "v1", true, typeof(V1ReplicationController)),
        new(Secret, "secrets", "secret", "", "", "v1", true, typeof(V1Secret)),
        new(Service, "services", "service", "svc", "", "v1", true, typeof(V1Service)),
        new(Deployment, "deployments", "deployment", "deploy", "apps", "v1", true, typeof(V1Deployment)),
        new(ReplicaSet, "replicasets", "replicaset", "rs", "apps", "v1", true, typeof(V1ReplicaSet)),
        new(DisruptionBudget, "poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy", "v1", true, typeof(V1PodDisruptionBudget)),
        new(PriorityClass, "priorityclasses", "priorityclass", "pc", "scheduling.k8s.io", "v1", false, typeof(V1PriorityClass)),
    ];

    public static ApiKind? Find(string apiVersion, string kind) =>
        All.FirstOrDefault(known => known.Kind == kind && known.ApiVersion == apiVersion);

    /// <summary>By kind alone, whatever the version: for hints, and for what the tables hold.</summary>
    public static ApiKind? Of(string kind) => All.FirstOrDefault(known => known.Kind == kind);

    public static ApiKind? OfPlural(string group, string version, string plural) =>
        All.FirstOrDefault(known => known.Group == group && known.Version == version && known.Plural == plural);
}
