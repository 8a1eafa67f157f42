using System.Text.Json.Nodes;
using Gossip.Core.Explain;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;

namespace Gossip.Kubernetes.Api;

/// <summary>What Kubernetes has no word for, under <c>/gossip/v1</c>: the documents that the <c>gossip</c> tool reads.</summary>
static class GossipDocuments
{
    /// <summary><c>GET /gossip/v1/members</c>: every member this node knows, dead ones too, in order of name. Memory in bytes.</summary>
    public static JsonObject Members(ClusterView view) => new()
    {
        ["members"] = new JsonArray(
            [.. view.Nodes.OrderBy(node => node.Member.Name, StringComparer.Ordinal).Select(node => Member(node, view))]),
    };

    static JsonNode Member(NodeView node, ClusterView view) => new JsonObject
    {
        ["name"] = node.Member.Name,
        ["state"] = node.Member.State.ToString(),
        ["address"] = node.Member.Address.ToString(),
        ["incarnation"] = node.Member.Incarnation.ToString(),
        ["apiUrl"] = node.Member.Card.ApiUrl,
        ["self"] = node.Member.Id == view.Self,
        ["pods"] = view.Pods.Count(pod => pod.Standing is { } standing && standing.Node == node.Member.Id),
        ["freeMilliCpu"] = node.Member.Capacity.Free.Cpu.Value,
        ["freeMemory"] = node.Member.Capacity.Free.Memory.Value,
        ["conditions"] = new JsonArray([.. NodeConditions.Troubles(node).Select(trouble => (JsonNode)trouble)]),
        ["runtimes"] = new JsonArray([.. node.Member.Card.Runtimes.Select(runtime => (JsonNode)runtime)]),
    };

    /// <summary>
    /// <c>GET /gossip/v1/nodes/NODE/pods</c>: everything that the node has admitted and that has not run to its end, what is on its way
    /// out too, in order of namespace and name. Null when there is no such node.
    /// </summary>
    public static JsonObject? PodsOn(ClusterView view, string name)
    {
        if (view.Nodes.FirstOrDefault(node => node.Member.Name == name) is not { } node) return null;
        return new JsonObject
        {
            ["node"] = name,
            ["state"] = node.Member.State.ToString(),
            ["unschedulable"] = node.Unschedulable,
            ["pods"] = new JsonArray([.. from pod in view.Pods
                                         from held in pod.Admissions
                                         where held.Node == node.Member.Id && held.Status.Phase is PodPhase.Pending or PodPhase.Running
                                         select (JsonNode)new JsonObject
                                         {
                                             ["namespace"] = pod.Namespace,
                                             ["name"] = pod.Name,
                                             ["uid"] = new PodRun(pod.Id, held.Run.Epoch).Uid,
                                             ["owner"] = pod.Owner.ToString(),
                                             ["phase"] = held.Status.Phase.ToString(),
                                             ["ready"] = held.Status.Ready,
                                             ["leaves"] = pod.Deleting || pod.Standing?.Uid != held.Uid,
                                         }]),
        };
    }

    /// <summary><c>GET /gossip/v1/why/NAMESPACE/POD</c>: null when there is no such pod.</summary>
    public static JsonObject? Explain(ClusterIndex cluster, string ns, string name)
    {
        if (cluster.View.Pods.FirstOrDefault(pod => pod.Namespace == ns && pod.Name == name) is not { } pod) return null;
        var report = Why.Explain(pod, cluster.View, cluster.Diagnoses);
        return new JsonObject
        {
            ["pod"] = report.Pod,
            ["owner"] = report.Owner,
            ["phase"] = report.Phase.ToString(),
            ["placed"] = report.Node.Length > 0,
            ["node"] = report.Node,
            ["headline"] = report.Headline,
            ["answers"] = new JsonArray([.. report.Answers.Select(answer => (JsonNode)new JsonObject
            {
                ["node"] = answer.Node,
                ["score"] = answer.Score,
                ["won"] = answer.Won,
                ["why"] = answer.Why,
            })]),
            ["diagnosis"] = report.Diagnosis is { } diagnosis ? ShownPlacement.Of(diagnosis) : null,
            ["remarks"] = new JsonArray([.. report.Remarks.Select(remark => (JsonNode)remark)]),
            ["lines"] = new JsonArray([.. report.ToText().Split('\n').Select(line => (JsonNode)line)]),
        };
    }

    /// <summary>
    /// <c>POST /gossip/v1/plan</c>: what an apply of the body (an object, or a List of them) would do here, doing nothing.
    /// </summary>
    /// <param name="place">Also where every pod would go, under <c>placement</c>; null while there are faults.</param>
    public static JsonObject Plan(ClusterView view, ReadOnlySpan<byte> body, string defaultNamespace, bool place, CancellationToken cancel)
    {
        var plan = Planner.Plan(ManifestReader.Read("request body", body), view, defaultNamespace);
        var json = plan.ToJson();
        if (place)
            json["placement"] = plan.IsSound
                ? ShownPlacement.Of(Placing.Of(view, [.. plan.Steps.Select(step => new Intent(step.Name, step.Fields))], cancel))
                : null;
        return json;
    }
}
