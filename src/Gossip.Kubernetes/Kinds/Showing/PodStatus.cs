using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>A pod's <c>status</c>, from the admission that counts.</summary>
static class PodStatus
{
    public static JsonObject Of(PodView pod, ClusterIndex cluster)
    {
        var status = new JsonObject { ["phase"] = pod.Phase.ToString(), ["qosClass"] = Quality(pod.Template) };
        status["conditions"] = PodConditions.Of(pod, cluster);
        if (pod.Standing is not { } standing)
        {
            if (pod.PendingBecause.Length > 0)
                (status["reason"], status["message"]) = (PodConditions.Unplaced(pod), cluster.WhyPending(pod));
            return status;
        }
        if (standing.Status.Reason.Length > 0) status["reason"] = standing.Status.Reason;
        if (standing.Status.Message.Length > 0) status["message"] = standing.Status.Message;
        if (cluster.Node(standing.Node) is { } node)
        {
            status["hostIP"] = NodeKind.IpOf(node);
            status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = NodeKind.IpOf(node) });
        }
        if (pod.Ip.Length > 0)
        {
            status["podIP"] = pod.Ip;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = pod.Ip });
        }
        if (standing.Status.StartedAt.UnixMilliseconds > 0) status["startTime"] = Time(standing.Status.StartedAt);
        if (!pod.Template.InitContainers.IsEmpty) status["initContainerStatuses"] = Containers(pod.Template.InitContainers, standing);
        status["containerStatuses"] = Containers(pod.Template.Containers, standing);
        return status;

        JsonArray Containers(IEnumerable<ContainerSpec> specs, Admission standing) =>
            new([.. specs.Select(spec => (JsonNode)Container(spec, pod, standing.Status))]);
    }

    /// <summary>How a container does, as its node told last; nothing was told of one that is new.</summary>
    internal static ContainerState? StateOf(ContainerSpec spec, AdmissionStatus status)
    {
        foreach (var state in status.Containers)
            if (string.Equals(state.Name, spec.Name, StringComparison.Ordinal)) return state;
        return null;
    }

    static JsonObject Container(ContainerSpec spec, PodView pod, AdmissionStatus status)
    {
        var state = StateOf(spec, status);
        var shown = new JsonObject
        {
            ["name"] = spec.Name,
            ["image"] = spec.Image,
            ["imageID"] = "",
            ["ready"] = state is { Ready: true },
            ["started"] = state is { Started: true },
            ["restartCount"] = state?.Restarts ?? 0,
            ["state"] = state is { } told
                ? State(told)
                : Waiting(pod.Template.InitContainers.IsEmpty ? "ContainerCreating" : "PodInitializing", ""),
            ["lastState"] = state?.Last is { } last ? Terminated(last.ExitCode, last.Reason, "", last.At) : new JsonObject(),
        };
        return shown;
    }

    static JsonObject State(in ContainerState state) => state.Stage switch
    {
        ContainerStage.Running => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time(state.Since) } },
        ContainerStage.Terminated => Terminated(state.ExitCode, state.Reason, state.Message, state.Since),
        _ => Waiting(state.Reason.Length > 0 ? state.Reason : "ContainerCreating", state.Message),
    };

    static JsonObject Terminated(int exitCode, string reason, string message, WallTime at)
    {
        var ended = new JsonObject
        {
            ["exitCode"] = exitCode,
            ["reason"] = reason.Length > 0 ? reason : exitCode == 0 ? "Completed" : "Error",
            ["finishedAt"] = Time(at),
        };
        if (message.Length > 0) ended["message"] = message;
        return new JsonObject { ["terminated"] = ended };
    }

    static JsonObject Waiting(string reason, string message)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message.Length > 0) waiting["message"] = message;
        return new JsonObject { ["waiting"] = waiting };
    }

    /// <summary>Guaranteed when every container has what it may have at most, best effort when none asks for anything.</summary>
    static string Quality(PodTemplate template)
    {
        var (all, none) = (true, true);
        foreach (var container in template.AllContainers)
        {
            var (asked, most) = (container.Requests, container.Limits);
            none &= asked.Cpu.Value == 0 && asked.Memory.Value == 0 && most.Cpu.Value == 0 && most.Memory.Value == 0;
            all &= most.Cpu.Value > 0 && most.Memory.Value > 0 && asked.Cpu == most.Cpu && asked.Memory == most.Memory;
        }
        return none ? "BestEffort" : all ? "Guaranteed" : "Burstable";
    }

    static string Time(WallTime at) => ShownTime.Of(at.UnixMilliseconds);
}
