using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Nodes: what each says of itself, overlaid with the operator's settings.</summary>
sealed class NodeKind : ServedKind
{
    public static readonly NodeKind Instance = new()
    {
        Kind = "Node",
        Plural = "nodes",
        Singular = "node",
        ShortName = "no",
        Namespaced = false,
        Model = typeof(V1Node),
    };

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("spec.unschedulable", Default: "false")];

    public override string? NameProblem(string name) => Names.Label(name);

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new TaintsRule()];

    /// <summary>A member is there without an object; the operator may still say something of it.</summary>
    public override bool TakesSettings => true;

    public override string WhyNotWritten(string name, JsonObject shown) =>
        $"node {name} is a member by being there: stop it, and it leaves";

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Status", (node, _) => StatusOf(node)),
        new("Roles", (node, _) => RolesOf(node)),
        Column.OfAge,
        new("Version", (node, _) => Info(node, "kubeletVersion")),
        new("Internal-IP", (node, _) => Cells.OrNone(Address(node, "InternalIP")), Wide: true),
        new("External-IP", (node, _) => Cells.OrNone(Address(node, "ExternalIP")), Wide: true),
        new("OS-Image", (node, _) => Info(node, "osImage"), Wide: true),
        new("Kernel-Version", (node, _) => Info(node, "kernelVersion"), Wide: true),
        new("Container-Runtime", (node, _) => Info(node, "containerRuntimeVersion"), Wide: true),
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster)
    {
        var members = cluster.View.Nodes.Select(node => node.Member.Name).ToHashSet(StringComparer.Ordinal);
        return cluster.View.Nodes.Select(node => new Entry(Name("", node.Member.Name), () => Show(node, cluster.View.At)))
            .Concat(base.List(cluster).Where(entry => !members.Contains(entry.Name.Name)));
    }

    public static string IpOf(NodeView node)
    {
        var text = node.Member.Address.ToString();
        return text[..text.LastIndexOf(':')].Trim('[', ']');
    }

    /// <summary>Labels and taints that the node gives itself are no settings of the operator's.</summary>
    public override bool TakeOutShown(JsonObject root, ClusterIndex cluster)
    {
        var name = root.Below("metadata", "name").AsText();
        if (cluster.View.Nodes.FirstOrDefault(node => node.Member.Name == name) is not { } node) return false;
        if (root.Below("metadata", "labels") is JsonObject labels)
        {
            var settings = node.Settings?[Fields.Labels] is { } json
                ? JsonNode.Parse(json.Span).AsTexts().Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal)
                : [];
            foreach (var (key, value) in node.Labels)
                if (labels[key].AsText() == value && !settings.Contains(key)) labels.Remove(key);
            if (labels.Count == 0) ((JsonObject)root["metadata"]!).Remove("labels");
        }
        if (root["spec"] is not JsonObject spec) return true;
        if (spec["taints"] is JsonArray taints)
        {
            var own = node.Member.Card.Taints.Select(ToJson).ToArray();
            for (var i = taints.Count - 1; i >= 0; i--)
                if (own.Any(taint => JsonNode.DeepEquals(taint, taints[i]))) taints.RemoveAt(i);
            if (taints.Count == 0) spec.Remove("taints");
        }
        if (spec.Count == 0) root.Remove("spec");
        return true;
    }

    /// <summary>Settings for a node that nobody has heard of yet.</summary>
    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        root["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(NodeConditions.Ready("Unknown", "NodeStatusNeverUpdated", "no such member has been heard of")),
        };
        return root;
    }

    JsonObject Show(NodeView node, WallTime now)
    {
        var card = node.Member.Card;
        var root = node.Settings is { } held ? ManifestMapper.ToJson(held) : ManifestMapper.ToJson(Name("", card.Name), ApiVersion, []);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = StableHash.GuidText(0, card.Id.Value);
        metadata["resourceVersion"] = ShownObject.Text(node.Version);
        // A boot is the second it began, unless the clock ran backwards since.
        var boot = (long)Math.Min(node.Member.Incarnation.Boot, long.MaxValue / 2000) * 1000;
        if (boot > 0 && boot <= now.UnixMilliseconds + 86_400_000) metadata["creationTimestamp"] = ShownTime.Of(boot);
        metadata["labels"] = new JsonObject(node.Labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        if (root["spec"] is not JsonObject spec) root["spec"] = spec = [];
        if (node.Taints.Length > 0) spec["taints"] = new JsonArray([.. node.Taints.Select(ToJson)]);
        if (node.Unschedulable) spec["unschedulable"] = true;
        root["status"] = new JsonObject
        {
            ["capacity"] = AmountsOf(card.Allocatable),
            ["allocatable"] = AmountsOf(card.Allocatable),
            ["conditions"] = NodeConditions.Of(node),
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
                ["kubeletVersion"] = Api.Discovery.Version,
                ["kubeProxyVersion"] = "",
                ["operatingSystem"] = "",
                ["architecture"] = "",
            },
        };
        return root;
    }

    static JsonNode ToJson(Taint taint)
    {
        var json = new JsonObject { ["key"] = taint.Key };
        if (taint.Value.Length > 0) json["value"] = taint.Value;
        json["effect"] = taint.Effect.ToString();
        return json;
    }

    static JsonObject AmountsOf(in Resources resources)
    {
        var amounts = new JsonObject
        {
            ["cpu"] = resources.Cpu.Value % 1000 == 0 ? Number(resources.Cpu.Value / 1000) : $"{Number(resources.Cpu.Value)}m",
            ["memory"] = Amounts.OfBytes(resources.Memory.Value),
            ["ephemeral-storage"] = Amounts.OfBytes(resources.Disk.Value),
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
        var ready = (node.Below("status", "conditions") as JsonArray)?.FirstOrDefault(one => one.Below("type").AsText() == "Ready");
        var status = ready.Below("status").AsText() == "True" ? "Ready" : "NotReady";
        return node.Below("spec", "unschedulable") is JsonValue cordoned && cordoned.TryGetValue<bool>(out var yes) && yes
            ? $"{status},SchedulingDisabled"
            : status;
    }

    static string RolesOf(JsonObject node)
    {
        const string prefix = "node-role.kubernetes.io/";
        return Cells.OrNone(string.Join(",", node.Below("metadata", "labels").AsTexts().Select(pair => pair.Key)
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])));
    }

    static string Info(JsonObject node, string field) =>
        node.Below("status", "nodeInfo", field).AsText() is { Length: > 0 } text ? text : "<unknown>";

    static string Address(JsonObject node, string type)
    {
        var addresses = node.Below("status", "addresses") as JsonArray;
        return addresses?.FirstOrDefault(one => one.Below("type").AsText() == type).Below("address").AsText() ?? "";
    }
}
