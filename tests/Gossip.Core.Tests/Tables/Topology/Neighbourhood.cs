using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Tables.Topology;

/// <summary>Zone a with a1 and a2, b with b1 and b2, c with c1, and x1 without a zone; pods by name, placed where the test says.</summary>
sealed class Neighbourhood
{
    public const string Zone = "zone";
    readonly TestCluster cluster = new(nodes: 0);
    readonly Dictionary<string, Uid> admissions = [];

    public Neighbourhood()
    {
        foreach (var name in (string[])["a1", "a2", "b1", "b2", "c1", "x1"]) Node(name, name[0] == 'x' ? null : name[..1]);
    }

    public TestCluster Cluster => cluster;
    public SlotTable Slots => cluster.Slots;

    public void Node(string name, string? zone, MemberState state = MemberState.Alive, params Taint[] taints) =>
        cluster.Member(name, state, zone is null ? Labels.Empty : Labels.Of((Zone, zone)), taints);

    /// <summary>A namespace's object has these labels from now on; null: there is none.</summary>
    public void Namespace(string name, string? labels)
    {
        var uid = Slots.Objects.Find(new ObjectName("Namespace", "", name))?.Uid;
        ReadOnlyMemory<byte> json = System.Text.Encoding.UTF8.GetBytes($"{{{labels}}}");
        if (labels is null && uid is { } gone) cluster.Tables.Remove(gone, new Turn(cluster.Now, cluster.Effects));
        else if (labels is not null && uid is { } held) cluster.Tables.Edit(held, [(Fields.Labels, json)], new Turn(cluster.Now, cluster.Effects));
        else if (labels is not null) cluster.Create(new ObjectName("Namespace", "", name), new ObjectField(Fields.Labels, json));
        cluster.Settle();
    }

    /// <param name="spec">Fields of its spec: <c>"affinity":{...}</c>.</param>
    public Slot Pod(string name, string app, string spec = "", string @namespace = "default", string labels = "")
    {
        var fields = new List<ObjectField>
        {
            TestCluster.Field("spec.containers", """[{"name":"a"}]"""),
            TestCluster.Field("metadata.labels", $$"""{"app":"{{app}}"{{(labels.Length > 0 ? "," : "")}}{{labels}}}"""),
        };
        using var document = System.Text.Json.JsonDocument.Parse($"{{{spec}}}");
        foreach (var field in document.RootElement.EnumerateObject()) fields.Add(TestCluster.Field($"spec.{field.Name}", field.Value.GetRawText()));
        cluster.Create(new ObjectName("Pod", @namespace, name), [.. fields]);
        return Find(name, @namespace);
    }

    public Slot Find(string name, string @namespace = "default") => Slots.Find(@namespace, name)!;

    public Neighbourhood Put(string name, string node, string @namespace = "default")
    {
        admissions[name] = cluster.Admit(Find(name, @namespace), node);
        return this;
    }

    /// <summary>A pod that is there already.</summary>
    public Neighbourhood With(string name, string app, string node, string spec = "", string @namespace = "default", string labels = "")
    {
        Pod(name, app, spec, @namespace, labels);
        return Put(name, node, @namespace);
    }

    public void Take(string name) => cluster.Withdraw(admissions[name]);

    public void Drain(string name)
    {
        var held = Find(name).Admissions[0];
        cluster.Tables.Edit(held.Uid, [(Fields.Status, AdmissionCodec.Write(held.Status with { Draining = true }))], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
    }

    public NodeFacts Facts(string name, string node) => Some.Node with
    {
        Name = node,
        Labels = Slots.SettingsOf(NodeId.Of(node)).Labels,
        Around = Cluster.Placed.Around(Find(name)),
    };

    /// <summary>Why not there; null when it may go.</summary>
    public string? WhyNot(string name, string node)
    {
        var (template, facts) = (Find(name).Template, Facts(name, node));
        var why = Filtering.CheckNeighbours(template, facts).Reason;
        Assert.Equal(why is null, Filtering.PassesNeighbours(template, facts));
        return why;
    }

    public string Open(string name) =>
        string.Join(' ', ((string[])["a1", "a2", "b1", "b2", "c1", "x1"]).Where(node => cluster.Members.Find(NodeId.Of(node)) is { IsLive: true } && WhyNot(name, node) is null));

    public static string Affinity(string kind, string app, string key = Zone, string more = "") =>
        $$"""
        "affinity":{"{{kind}}":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"{{key}}","labelSelector":{"matchLabels":{"app":"{{app}}"} }{{more}} }]} }
        """;

    public static string Near(string app, string key = Zone, string more = "") => Affinity("podAffinity", app, key, more);
    public static string Apart(string app, string key = Zone, string more = "") => Affinity("podAntiAffinity", app, key, more);

    public static string Spread(string app, int skew = 1, string key = Zone, string more = "", string otherwise = "DoNotSchedule") =>
        $$"""
        "topologySpreadConstraints":[{"maxSkew":{{skew}},"topologyKey":"{{key}}","whenUnsatisfiable":"{{otherwise}}","labelSelector":{"matchLabels":{"app":"{{app}}"} }{{more}} }]
        """;
}
