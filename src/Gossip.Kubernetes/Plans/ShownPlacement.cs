using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Explain;

namespace Gossip.Kubernetes.Plans;

/// <summary>A placement plan, and what keeps a pod pending, as JSON.</summary>
static class ShownPlacement
{
    public static JsonObject Of(PlacementPlan plan) => new()
    {
        ["nodes"] = plan.Nodes,
        ["fits"] = plan.Fits,
        ["evictions"] = plan.Evictions,
        ["workloads"] = List(plan.Workloads, workload => new JsonObject
        {
            ["kind"] = workload.Name.Kind,
            ["namespace"] = workload.Name.Namespace,
            ["name"] = workload.Name.Name,
            ["before"] = workload.Before,
            ["after"] = workload.After,
            ["priority"] = workload.Priority,
            ["stay"] = List(workload.Stay, pod => new JsonObject { ["pod"] = pod.Pod, ["node"] = pod.Node }),
            ["placed"] = List(workload.Placed, pod => new JsonObject
            {
                ["pod"] = pod.Pod,
                ["node"] = pod.Node,
                ["score"] = pod.Score,
                ["evicts"] = List(pod.Evicts, victim => victim),
            }),
            ["leave"] = List(workload.Leave, pod => new JsonObject { ["pod"] = pod.Pod, ["node"] = pod.Node, ["because"] = pod.Because }),
            ["misfits"] = List(workload.Misfits, misfit => new JsonObject
            {
                ["first"] = misfit.First,
                ["pods"] = misfit.Pods,
                ["because"] = misfit.Because,
                ["diagnosis"] = misfit.Diagnosis is { } diagnosis ? Of(diagnosis) : null,
            }),
        }),
    };

    public static JsonObject Of(Diagnosis diagnosis) => new()
    {
        ["nodes"] = diagnosis.Nodes,
        ["fit"] = diagnosis.Fit,
        ["refusals"] = List(diagnosis.Refusals, refusal => new JsonObject
        {
            ["nodes"] = refusal.Nodes,
            ["cause"] = refusal.Cause,
            ["nearest"] = refusal.Nearest,
            ["near"] = refusal.Near,
        }),
        ["hopeless"] = diagnosis.Hopeless,
    };

    static JsonArray List<T>(ImmutableArray<T> items, Func<T, JsonNode> shown) => new([.. items.Select(item => (JsonNode?)shown(item))]);
}
