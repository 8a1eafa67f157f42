using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.View;

namespace Gossip.Core.Tests.Explain;

/// <summary>A view as a test wants it: nodes with what is free on them, workloads, and their pods where the test puts them.</summary>
sealed class PretendCluster
{
    readonly List<NodeView> nodes = [];
    readonly List<ObjectView> objects = [];
    readonly List<PodView> pods = [];
    ulong seq;

    public ClusterView View => new(
        ++seq, default, NodeId.Of("n1"), [.. nodes.OrderBy(node => node.Member.Name, StringComparer.Ordinal)], [.. objects],
        [.. pods.OrderBy(pod => pod.Name, StringComparer.Ordinal)], [], []);

    /// <param name="labels"><c>zone=a,disk=ssd</c></param>
    public PretendCluster Node(
        string name, long cpu = 4000, long memory = 4096, int pods = 110, string labels = "", Taint[]? taints = null, bool cordoned = false,
        string unready = "", MemberState state = MemberState.Alive, string runtime = RuntimeNames.Process, string lost = "", int gpus = 0)
    {
        var own = Labels.Of([(NodeBook.HostnameLabel, name), .. labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))]);
        var card = new NodeCard(name, NodeAddress.None, own, [.. taints ?? []], Some.Room(4000, 4096, 110) with { Devices = gpus == 0 ? Devices.None : Devices.WholeOnes("gpu", "T4", gpus) }, [runtime], "");
        var member = new Member(card, default, state, default, new Capacity(1, 1, Some.Room(cpu, memory, pods), unready) { LostRuntimes = lost });
        nodes.Add(new NodeView(member, own, card.Taints, cordoned, null, ++seq));
        return this;
    }

    public static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));

    /// <summary>The fields of a pod of one container, with what a test adds to its spec.</summary>
    public static ObjectField[] PodFields(string app, string spec = "", string cpu = "1")
    {
        var fields = new List<ObjectField>
        {
            Field("metadata.labels", $$"""{"app":"{{app}}"}"""),
            Field("spec.runtimeClassName", "\"process\""),
            Field("spec.containers", $$$$"""[{"name":"a","resources":{"requests":{"cpu":"{{{{cpu}}}}"}}}]"""),
        };
        using var document = System.Text.Json.JsonDocument.Parse($"{{{spec}}}");
        foreach (var field in document.RootElement.EnumerateObject())
        {
            fields.RemoveAll(held => held.Path == $"spec.{field.Name}");
            fields.Add(Field($"spec.{field.Name}", field.Value.GetRawText()));
        }
        return [.. fields];
    }

    public static ObjectField[] DeploymentFields(int replicas, string app, string spec = "", string cpu = "1") =>
    [
        Field("spec.replicas", $"{replicas}"),
        Field("spec.template", $$$$"""{"metadata":{"labels":{"app":"{{{{app}}}}"}},"spec":{"runtimeClassName":"process","containers":[{"name":"a","resources":{"requests":{"cpu":"{{{{cpu}}}}"}}}]{{{{Comma(spec)}}}} }}"""),
    ];

    /// <summary>A pending pod, or one on a node. The node's free room is what the test said: it counts the pod already.</summary>
    public PretendCluster Pod(string name, string app = "web", string spec = "", string cpu = "1", string? on = null) =>
        Workload(new ObjectName("Pod", "default", name), PodFields(app, spec, cpu), on is null ? [] : [on]);

    public PretendCluster Deployment(string name, int replicas, string spec = "", string cpu = "1", params string[] on) =>
        Workload(new ObjectName("Deployment", "default", name), DeploymentFields(replicas, name, spec, cpu), on);

    static string Comma(string spec) => spec.Length > 0 ? $",{spec}" : "";

    public PretendCluster Object(ObjectName name, params ObjectField[] fields)
    {
        objects.Add(new ObjectView(new Uid(9, ++seq), name, "v1", new Stamp(seq), 1, seq, false, false, [.. fields]));
        return this;
    }

    /// <param name="on">Where its pods are, by ordinal; the others are pending.</param>
    public PretendCluster Workload(ObjectName name, ObjectField[] fields, string[] on)
    {
        var uid = new Uid(9, ++seq);
        objects.Add(new ObjectView(uid, name, "v1", new Stamp(seq), 1, seq, false, false, [.. fields]));
        var read = ObjectKinds.WorkloadOf(name)!.Derive(
            path => ObjectRules.Json([.. fields], path), fields.Select(field => field.Path), null, null);
        Assert.Equal("", read.Problem);
        foreach (var ordinal in read.Ordinals)
        {
            var id = new PodId(uid, ordinal, read.Template!.Hash);
            var admission = ordinal < on.Length
                ? new Admission(new Uid(10, ++seq), new AdmissionBirth(NodeId.Of(on[ordinal]), new PodRun(id, Epoch.First), new Stamp(++seq), "won"), AdmissionStatus.Admitted with { Phase = PodPhase.Running, Ready = true })
                : null;
            pods.Add(new PodView(
                id, PodName.Of(name, id).ToString(), name.Namespace, new PodRun(id, Epoch.First).Uid, name, uid, read.Template, default, ++seq, false, admission,
                admission is null ? "" : on[ordinal], admission?.Status.Phase ?? PodPhase.Pending, admission is null ? PendingReason.NoAuction : "", null, admission is null ? [] : [admission]));
        }
        return this;
    }

    /// <summary>The last round of a pending pod, which nobody took.</summary>
    public PretendCluster Round(string pod, params (string Node, string Why)[] refusals)
    {
        var at = pods.FindIndex(one => one.Name == pod);
        var round = new RoundSummary(new PodRun(pods[at].Id, Epoch.First), NodeId.Of("n1"), 1, refusals.Length, 0, NodeId.None, new Stamp(++seq), [.. refusals.Select(refusal => new RoundAnswer(NodeId.Of(refusal.Node), -1, refusal.Why))]);
        pods[at] = pods[at] with { Summary = round, PendingBecause = PendingReason.Of(round) };
        return this;
    }

    public PodView Find(string pod) => pods.Find(one => one.Name == pod)!;
}
