using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>A pod's conditions, with Kubernetes' reasons, and when each last changed as far as the admission tells.</summary>
static class PodConditions
{
    public static JsonArray Of(PodView pod, ClusterIndex cluster)
    {
        if (pod.Standing is not { } standing)
        {
            var open = Condition("PodScheduled", false, pod.CreatedAt);
            if (pod.Phase == PodPhase.Pending) (open["reason"], open["message"]) = (Unplaced(pod), cluster.WhyPending(pod));
            return [open];
        }
        var status = standing.Status;
        var admitted = new WallTime(standing.AdmittedAt.UnixMilliseconds);
        var prepared = status.StartedAt.UnixMilliseconds > 0 ? status.StartedAt : admitted;
        var hasEnded = pod.Phase is PodPhase.Succeeded or PodPhase.Failed;
        var why = pod.Phase switch { PodPhase.Succeeded => "PodCompleted", PodPhase.Failed => "PodFailed", _ => "ContainersNotReady" };
        var unready = pod.Template.AllContainers
            .Where(spec => spec.Role != ContainerRole.Init && PodStatus.StateOf(spec, status) is not { Ready: true });
        var waits = Names(unready);
        var since = status.ReadySince.UnixMilliseconds > 0 ? status.ReadySince : prepared;
        return
        [
            Condition("PodReadyToStartContainers", pod.Ip.Length > 0 && !hasEnded, prepared),
            Initialized(pod, status, prepared),
            Because(Condition("Ready", pod.Ready, since), why, $"containers with unready status: {waits}", hasEnded),
            Because(Condition("ContainersReady", pod.Ready, since), why, $"containers with unready status: {waits}", hasEnded),
            Condition("PodScheduled", true, admitted),
        ];
    }

    public static string Unplaced(PodView pod) => pod.Template.SchedulingGates.IsEmpty ? "Unschedulable" : "SchedulingGated";

    /// <summary>Final: a sidecar that starts again later changes nothing.</summary>
    static JsonObject Initialized(PodView pod, AdmissionStatus status, WallTime prepared)
    {
        var since = prepared;
        var missing = new List<ContainerSpec>();
        foreach (var spec in pod.Template.InitContainers)
        {
            var state = PodStatus.StateOf(spec, status);
            if (spec.Role == ContainerRole.Init ? state is { Ready: true } : state is { Started: true })
            {
                if (state!.Value.Since.UnixMilliseconds > since.UnixMilliseconds) since = state.Value.Since;
            }
            else missing.Add(spec);
        }
        var mainRan = pod.Template.Containers
            .Any(spec => PodStatus.StateOf(spec, status) is { } state && (state.Stage != ContainerStage.Waiting || state.Restarts > 0));
        var condition = Condition("Initialized", missing.Count == 0 || mainRan, missing.Count == 0 ? since : prepared);
        if (pod.Phase == PodPhase.Succeeded) condition["reason"] = "PodCompleted";
        return Because(
            condition, "ContainersNotInitialized", $"containers with incomplete status: {Names(missing)}", pod.Phase == PodPhase.Succeeded);
    }

    static JsonObject Because(JsonObject condition, string reason, string message, bool hasEnded)
    {
        if ((string)condition["status"]! == "True") return condition;
        condition["reason"] = reason;
        if (!hasEnded) condition["message"] = message;
        return condition;
    }

    static JsonObject Condition(string type, bool holds, WallTime since) => new()
    {
        ["type"] = type,
        ["status"] = holds ? "True" : "False",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = ShownTime.Of(since.UnixMilliseconds),
    };

    static string Names(IEnumerable<ContainerSpec> containers) => $"[{string.Join(' ', containers.Select(container => container.Name))}]";
}
