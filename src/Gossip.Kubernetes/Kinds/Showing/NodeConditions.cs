using System.Text.Json.Nodes;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>A node's conditions: whether it answers, and how its runtimes, its host's rules, its disk and its isolation are.</summary>
static class NodeConditions
{
    public static JsonArray Of(NodeView node)
    {
        var conditions = new JsonArray(ReadyCondition(node));
        if (node.Member.Card.Runtimes.Length > 0)
            conditions.Add((JsonNode)(LostOf(node) is { Length: > 0 } lost
                ? Condition("RuntimeReady", "False", "RuntimeLost",
                    $"the engine of {string.Join(", ", lost)} does not answer; its pods move, others run on")
                : Condition("RuntimeReady", "True", "RuntimesAnswer", $"{string.Join(", ", node.Member.Card.Runtimes)}: there")));
        if (node.Member.Capacity.HostFault is { Length: > 0 } fault)
            conditions.Add((JsonNode)Condition("HostRulesAnswer", "False", "HostRuleFailed", fault));
        conditions.Add((JsonNode)DiskCondition(node.Member.Capacity));
        conditions.Add((JsonNode)(node.Member.Capacity.Pressures.HasFlag(Pressures.Processes)
            ? Condition("PIDPressure", "True", "ProcessesFew", node.Member.Capacity.Unready)
            : Condition("PIDPressure", "False", "ProcessesAmple", "the machine can start more processes")));
        if (node.Member.Capacity.StoreDamage is { Length: > 0 } damage)
            conditions.Add((JsonNode)Condition("StoreIntact", "False", "StoreDamaged",
                $"{damage}; what could be read was kept, and its peers bring back the rest"));
        if (node.Labels[IsolationLabel] is { } isolation)
            conditions.Add((JsonNode)(isolation == "none"
                ? Condition("ProcessIsolation", "False", "PlainProcesses",
                    "pods of processes share this machine's network, files and process ids")
                : Condition("ProcessIsolation", "True", "Isolated", $"pods of processes are isolated by {isolation}")));
        return conditions;
    }

    /// <summary>What is not as it should be with a live node, a phrase each: for people who ask who is there.</summary>
    public static IEnumerable<string> Troubles(NodeView node)
    {
        var capacity = node.Member.Capacity;
        if (!node.Member.IsLive) yield break;
        var trouble = capacity.Pressures == Pressures.None ? "NotReady" : "UnderPressure";
        if (capacity.Unready is { Length: > 0 } unready) yield return $"{trouble}: {unready}";
        if (capacity.StoreDamage is { Length: > 0 } damage) yield return $"StoreDamaged: {damage}";
        if (LostOf(node) is { Length: > 0 } lost) yield return $"RuntimeLost: {string.Join(", ", lost)}";
        if (capacity.HostFault is { Length: > 0 } fault) yield return $"HostRuleFailed: {fault}";
    }

    static string[] LostOf(NodeView node) => node.Member.Capacity.LostRuntimes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a process runtime says of itself.</summary>
    const string IsolationLabel = "gossip.dev/process-isolation";

    static JsonObject DiskCondition(in Capacity capacity) =>
        capacity.Disk != DiskState.Healthy ? Condition("DiskPressure", "True", $"Disk{capacity.Disk}", capacity.Unready)
        : capacity.Pressures.HasFlag(Pressures.Disk) ? Condition("DiskPressure", "True", "DiskLow", capacity.Unready)
        : Condition("DiskPressure", "False", "DiskHealthy", "the disk that the node writes to is well, and has room");

    static JsonObject ReadyCondition(NodeView node) => node.Member switch
    {
        { State: MemberState.Dead } => Ready("Unknown", "NodeStatusUnknown", "the node does not answer any more"),
        { State: MemberState.Left } => Ready("False", "NodeLeft", "the node left the cluster"),
        { Capacity: { Disk: not DiskState.Healthy, Unready: var why } capacity } => Ready("False", $"Disk{capacity.Disk}", why),
        { Capacity: { Pressures: not Pressures.None, Unready: var why } } =>
            Ready("True", "NodeReady", $"the node answers, and takes no more pods: {why}"),
        { Capacity.Unready: { Length: > 0 } why } => Ready("False", "NodeNotReady", why),
        { Card.Runtimes: { Length: > 0 } all } when all.All(LostOf(node).Contains) =>
            Ready("False", "RuntimeLost", "no runtime of the node has its engine"),
        { State: MemberState.Suspect } => Ready("True", "NodeSuspected", "the node does not answer; it has a little time to refute"),
        _ => Ready("True", "NodeReady", "the node answers"),
    };

    public static JsonObject Ready(string status, string reason, string message) => Condition("Ready", status, reason, message);

    static JsonObject Condition(string type, string status, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = message,
    };
}
