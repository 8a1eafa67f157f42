using System.Text.Json.Nodes;
using Gossip.Core.Model;
using Gossip.Core.Scheduling;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>A pod's <c>status</c>, from the admission that counts.</summary>
static class PodStatus
{
    public static JsonObject Of(PodView pod, ClusterIndex cluster)
    {
        var status = new JsonObject { ["phase"] = pod.Phase.ToString() };
        var standing = pod.Standing;
        var since = standing is null ? pod.CreatedAt : new WallTime(standing.Birth.AdmittedAt.UnixMilliseconds);
        status["conditions"] = Conditions(pod, since);
        if (standing is null)
        {
            if (pod.PendingBecause.Length > 0) (status["reason"], status["message"]) = (Unplaced(pod), pod.PendingBecause);
            return status;
        }
        if (standing.Status.Reason.Length > 0) status["reason"] = standing.Status.Reason;
        if (standing.Status.Message.Length > 0) status["message"] = standing.Status.Message;
        if (cluster.Node(standing.Node) is { } node) status["hostIP"] = ShownNodes.IpOf(node);
        if (pod.Ip.Length > 0)
        {
            status["podIP"] = pod.Ip;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = pod.Ip });
        }
        if (standing.Status.StartedAt.UnixMilliseconds > 0) status["startTime"] = Time(standing.Status.StartedAt);
        status["containerStatuses"] = new JsonArray([.. pod.Template.Containers.Select(container => (JsonNode)Container(container, pod, standing))]);
        return status;
    }

    static string Unplaced(PodView pod) => pod.Template.SchedulingGates.IsEmpty ? "Unschedulable" : "SchedulingGated";

    static JsonArray Conditions(PodView pod, WallTime since)
    {
        var isPlaced = pod.Standing is not null;
        var scheduled = Condition("PodScheduled", isPlaced, since);
        if (!isPlaced && pod.Phase == PodPhase.Pending) (scheduled["reason"], scheduled["message"]) = (Unplaced(pod), pod.PendingBecause);
        if (!isPlaced) return [scheduled];
        var ready = Condition("Ready", pod.Ready, since);
        var containers = Condition("ContainersReady", pod.Ready, since);
        var why = pod.Phase == PodPhase.Succeeded ? "PodCompleted" : "ContainersNotReady";
        if (!pod.Ready) (ready["reason"], containers["reason"]) = (why, why); // two nodes: one has one parent
        return [scheduled, Condition("Initialized", true, since), containers, ready];
    }

    static JsonObject Condition(string type, bool holds, WallTime since) => new()
    {
        ["type"] = type,
        ["status"] = holds ? "True" : "False",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = Time(since),
    };

    static JsonObject Container(ContainerSpec container, PodView pod, Admission standing)
    {
        var state = standing.Status.Containers.FirstOrDefault(one => one.Name == container.Name);
        var isKnown = state.Name is not null;
        var isRunning = isKnown && state.Stage == ContainerStage.Running;
        return new JsonObject
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["imageID"] = "",
            ["ready"] = isRunning && pod.Phase == PodPhase.Running,
            ["started"] = isRunning,
            ["restartCount"] = isKnown ? state.Restarts : 0,
            ["state"] = isKnown ? State(state) : Waiting("ContainerCreating", ""),
        };
    }

    static JsonObject State(in ContainerState state) => state.Stage switch
    {
        ContainerStage.Running => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time(state.Since) } },
        ContainerStage.Terminated => new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = state.ExitCode,
                ["reason"] = state.Reason.Length > 0 ? state.Reason : state.ExitCode == 0 ? "Completed" : "Error",
                ["message"] = state.Message,
                ["finishedAt"] = Time(state.Since),
            },
        },
        _ => Waiting(state.Reason.Length > 0 ? state.Reason : "ContainerCreating", state.Message),
    };

    static JsonObject Waiting(string reason, string message)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message.Length > 0) waiting["message"] = message;
        return new JsonObject { ["waiting"] = waiting };
    }

    static string Time(WallTime at) => ShownTime.Of(at.UnixMilliseconds);
}
