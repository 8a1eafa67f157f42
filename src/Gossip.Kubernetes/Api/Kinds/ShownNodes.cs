using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>Nodes: what each says of itself, overlaid with the operator's settings.</summary>
sealed class ShownNodes() : ShownKind(ApiKind.Node)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Status", (node, _) => StatusOf(node)),
        new("Roles", (node, _) => RolesOf(node)),
        AgeColumn,
        new("Version", (node, _) => Info(node, "kubeletVersion")),
        new("Internal-IP", (node, _) => OrNone(Address(node, "InternalIP")), Wide: true),
        new("External-IP", (node, _) => OrNone(Address(node, "ExternalIP")), Wide: true),
        new("OS-Image", (node, _) => Info(node, "osImage"), Wide: true),
        new("Kernel-Version", (node, _) => Info(node, "kernelVersion"), Wide: true),
        new("Container-Runtime", (node, _) => Info(node, "containerRuntimeVersion"), Wide: true),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var members = cluster.View.Nodes.Select(node => node.Member.Name).ToHashSet(StringComparer.Ordinal);
        return cluster.View.Nodes.Select(node => new Entry(new ObjectName(ApiKind.Node, "", node.Member.Name), () => Render(node, cluster.View.At)))
            .Concat(cluster.ObjectsOf(ApiKind.Node).Where(held => !members.Contains(held.Name.Name)).Select(held => new Entry(held.Name, () => RenderAbsent(held))));
    }

    internal static string IpOf(NodeView node)
    {
        var text = node.Member.Address.ToString();
        return text[..text.LastIndexOf(':')].Trim('[', ']');
    }

    static JsonObject Render(NodeView node, WallTime now)
    {
        var card = node.Member.Card;
        var root = node.Settings is { } held ? ManifestMapper.ToJson(held) : ManifestMapper.ToJson(new ObjectName(ApiKind.Node, "", card.Name), "v1", []);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = StableHash.GuidText(0, card.Id.Value);
        metadata["resourceVersion"] = Text(node.Version);
        // A boot is the second it began, unless the clock ran backwards since.
        var boot = (long)Math.Min(node.Member.Incarnation.Boot, long.MaxValue / 2000) * 1000;
        if (boot > 0 && boot <= now.UnixMilliseconds + 86_400_000) metadata["creationTimestamp"] = Time(boot);
        metadata["labels"] = new JsonObject(node.Labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        if (root["spec"] is not JsonObject spec) root["spec"] = spec = [];
        if (node.Taints.Length > 0) spec["taints"] = new JsonArray([.. node.Taints.Select(ToJson)]);
        if (node.Unschedulable) spec["unschedulable"] = true;
        root["status"] = new JsonObject
        {
            ["capacity"] = Amounts(card.Allocatable),
            ["allocatable"] = Amounts(card.Allocatable),
            ["conditions"] = Conditions(node),
            ["addresses"] = new JsonArray(
                new JsonObject { ["type"] = "InternalIP", ["address"] = IpOf(node) },
                new JsonObject { ["type"] = "Hostname", ["address"] = card.Name }),
            ["nodeInfo"] = new JsonObject
            {
                ["machineID"] = "",
                ["systemUUID"] = "",
                ["bootID"] = node.Member.Incarnation.ToString(),
                ["kernelVersion"] = "",
                ["osImage"] = "",
                ["containerRuntimeVersion"] = string.Join(",", card.Runtimes),
                ["kubeletVersion"] = Discovery.Version,
                ["kubeProxyVersion"] = "",
                ["operatingSystem"] = "",
                ["architecture"] = "",
            },
        };
        return root;
    }

    /// <summary>Settings for a node that nobody has heard of yet.</summary>
    static JsonObject RenderAbsent(ObjectView held)
    {
        var root = Base(held);
        root["status"] = new JsonObject { ["conditions"] = new JsonArray(Ready("Unknown", "NodeStatusNeverUpdated", "no such member has been heard of")) };
        return root;
    }

    internal static JsonNode ToJson(Taint taint)
    {
        var json = new JsonObject { ["key"] = taint.Key };
        if (taint.Value.Length > 0) json["value"] = taint.Value;
        json["effect"] = taint.Effect.ToString();
        return json;
    }

    static JsonArray Conditions(NodeView node)
    {
        var conditions = new JsonArray(ReadyCondition(node));
        if (node.Member.Card.Runtimes.Length > 0)
            conditions.Add((JsonNode)(LostOf(node) is { Length: > 0 } lost
                ? Condition("RuntimeReady", "False", "RuntimeLost", $"the engine of {string.Join(", ", lost)} does not answer; its pods move, others run on")
                : Condition("RuntimeReady", "True", "RuntimesAnswer", $"{string.Join(", ", node.Member.Card.Runtimes)}: there")));
        if (node.Member.Capacity.HostFault is { Length: > 0 } fault)
            conditions.Add((JsonNode)Condition("HostRulesAnswer", "False", "HostRuleFailed", fault));
        if (node.Labels[IsolationLabel] is { } isolation)
            conditions.Add((JsonNode)(isolation == "none"
                ? Condition("ProcessIsolation", "False", "PlainProcesses", "pods of processes share this machine's network, files and process ids")
                : Condition("ProcessIsolation", "True", "Isolated", $"pods of processes are isolated by {isolation}")));
        return conditions;
    }

    static string[] LostOf(NodeView node) => node.Member.Capacity.LostRuntimes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a process runtime says of itself.</summary>
    const string IsolationLabel = "gossip.dev/process-isolation";

    static JsonObject ReadyCondition(NodeView node) => node.Member switch
    {
        { State: MemberState.Dead } => Ready("Unknown", "NodeStatusUnknown", "the node does not answer any more"),
        { State: MemberState.Left } => Ready("False", "NodeLeft", "the node left the cluster"),
        { Capacity.Unready: { Length: > 0 } why } => Ready("False", "NodeNotReady", why),
        { Card.Runtimes: { Length: > 0 } all } when all.All(LostOf(node).Contains) => Ready("False", "RuntimeLost", "no runtime of the node has its engine"),
        { State: MemberState.Suspect } => Ready("True", "NodeSuspected", "the node does not answer; it has a little time to refute"),
        _ => Ready("True", "NodeReady", "the node answers"),
    };

    static JsonObject Ready(string status, string reason, string message) => Condition("Ready", status, reason, message);

    static JsonObject Condition(string type, string status, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = message,
    };

    static JsonObject Amounts(in Resources resources)
    {
        var amounts = new JsonObject
        {
            ["cpu"] = resources.Cpu.Value % 1000 == 0 ? Number(resources.Cpu.Value / 1000) : $"{Number(resources.Cpu.Value)}m",
            ["memory"] = Plans.Outlook.Amount(resources.Memory.Value),
            ["ephemeral-storage"] = Plans.Outlook.Amount(resources.Disk.Value),
            ["pods"] = Number(resources.Pods),
        };
        if (!resources.Extended.IsDefault)
            foreach (var extended in resources.Extended) amounts[extended.Name] = Number(extended.Count);
        foreach (var group in resources.Devices.Groups) amounts[$"gossip.dev/{group.Kind}"] = Number(resources.Devices.CountOf(group.Kind));
        return amounts;
    }

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    static string StatusOf(JsonObject node)
    {
        var ready = (Path(node, "status", "conditions") as JsonArray)?.FirstOrDefault(one => one?["type"].AsText() == "Ready");
        var status = ready?["status"].AsText() == "True" ? "Ready" : "NotReady";
        return Path(node, "spec", "unschedulable") is JsonValue cordoned && cordoned.TryGetValue<bool>(out var yes) && yes ? $"{status},SchedulingDisabled" : status;
    }

    static string RolesOf(JsonObject node)
    {
        const string prefix = "node-role.kubernetes.io/";
        return OrNone(string.Join(",", Path(node, "metadata", "labels").AsTexts().Select(pair => pair.Key)
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])));
    }

    static string Info(JsonObject node, string field) => Path(node, "status", "nodeInfo", field).AsText() is { Length: > 0 } text ? text : "<unknown>";

    static string Address(JsonObject node, string type) =>
        (Path(node, "status", "addresses") as JsonArray)?.FirstOrDefault(one => one?["type"].AsText() == type)?["address"].AsText() ?? "";
}
