using System.Globalization;
using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Templates;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Scenarios;

/// <summary>What the pods of a deployment are like.</summary>
internal enum PodShape
{
    Plain,
    /// <summary>An init container, a sidecar, two main containers, every probe and hook.</summary>
    Rich,
    /// <summary>Starts once the picky pod is ready, and anew after that was lost.</summary>
    Dependent,
    /// <summary>May be moved to even out the load.</summary>
    Movable,
    /// <summary>Spread over the machines before anything else, and never running twice: as the workloads of host apps are.</summary>
    Copies,
}

/// <summary>The nodes and workloads that scenarios use, as a user would write them.</summary>
internal static class Manifests
{
    /// <summary>One node in five has the label that the picky pod wants.</summary>
    public static NodeCard Node(int index, int podsEach) => new(
        string.Create(CultureInfo.InvariantCulture, $"n{index:00}"),
        SimNetwork.AddressOf(index),
        Labels.Of(("disk", index % 5 == 0 ? "ssd" : "hdd"), (Neighbours.Zone, Neighbours.ZoneOf(index))),
        [],
        new Resources(new MilliCpu(100 * podsEach), new Bytes((64L << 20) * podsEach), new Bytes(0), podsEach + 10, []),
        [RuntimeNames.Process],
        "");

    /// <summary>Names of the PriorityClasses that scenarios have, with their values; no name is 0.</summary>
    public static readonly (string Name, int Value)[] Priorities = [("minor", -10), ("major", 1000), ("vital", 1_000_000)];

    public static int PriorityOf(PodTemplate pod) => Priorities.FirstOrDefault(one => one.Name == pod.PriorityClassName).Value;

    public static CreateObject Priority(string name, int value) => new(
        new ObjectName(PriorityClassKind.Kind, "", name), "scheduling.k8s.io/v1", [Field("value", value.ToString(CultureInfo.InvariantCulture))]);

    public static CreateObject Deployment(string name, int replicas, int milliCpu, string version = "1", PodShape shape = PodShape.Plain, string priority = "") =>
        new(NameOf(name), "apps/v1", [
            Field(Core.Replication.Fields.Labels, $$"""{"app":"{{name}}"}"""),
            .. Spec(name, replicas, milliCpu, version, shape, priority)]);

    /// <summary>What a user sends to change a deployment: the whole of it.</summary>
    public static ReplaceObject Changed(string name, int replicas, int milliCpu, string version, PodShape shape, string priority) =>
        new(NameOf(name), 0, Deployment(name, replicas, milliCpu, version, shape, priority).Fields);

    public static ObjectName NameOf(string name) => new("Deployment", "default", name);

    /// <summary>A service before the pods that are labelled with its name.</summary>
    public static CreateObject Service(string name) => new(
        new ObjectName("Service", "default", name), "v1", [Field(Core.Replication.Fields.Selector, $$"""{"app":"{{name}}"}""")]);

    /// <summary>Who grants singletons.</summary>
    public static CreateObject Voters(IEnumerable<string> names) => new(
        new ObjectName("Voters", "", "cluster"), "gossip.dev/v1", [Field(Core.Replication.Fields.Voters, $"[{string.Join(',', names.Select(name => $"\"{name}\""))}]")]);

    /// <summary>A bare pod with annotations: <c>"gossip.dev/singleton":"true"</c>.</summary>
    public static CreateObject Annotated(string name, int milliCpu, string annotations)
    {
        var plain = Pod(name, milliCpu, "");
        return plain with { Fields = plain.Fields.Add(Field(Core.Replication.Fields.Annotations, $"{{{annotations}}}")) };
    }

    public static CreateObject Pod(string name, int milliCpu, string more, string command = "server") => new(
        new ObjectName("Pod", "default", name), "v1", [
            Field(Core.Replication.Fields.Labels, $$"""{"app":"{{name}}"}"""),
            .. PodSpecFields(milliCpu, more, command)]);

    static IEnumerable<ObjectField> PodSpecFields(int milliCpu, string more, string command)
    {
        yield return Field("spec.containers", $"[{Container(milliCpu, "1", command)}]");
        yield return Field("spec.runtimeClassName", "\"process\"");
        if (more.Length > 0)
        {
            var colon = more.IndexOf(':', StringComparison.Ordinal);
            yield return Field("spec." + more[..colon], more[(colon + 1)..]);
        }
    }

    static IEnumerable<ObjectField> Spec(string name, int replicas, int milliCpu, string version, PodShape shape, string priority)
    {
        yield return Field(Core.Replication.Fields.Replicas, replicas.ToString(CultureInfo.InvariantCulture));
        yield return Field(Core.Replication.Fields.Selector, $$$"""{"matchLabels":{"app":"{{{name}}}"}}""");
        yield return Field(Core.Replication.Fields.Template, Template(name, Container(milliCpu, version, "server"), shape, priority));
    }

    static string Template(string name, string main, PodShape shape, string priority)
    {
        const string Probe = """{"tcpSocket":{"port":80},"periodSeconds":2,"failureThreshold":2}""";
        const string Hook = """{"exec":{"command":["hook"]}}""";
        var annotations = shape switch
        {
            PodShape.Dependent => """{"gossip.dev/depends-on":"svc/picky","gossip.dev/on-dependency-loss":"restart"}""",
            PodShape.Movable => """{"gossip.dev/rebalance":"true"}""",
            PodShape.Copies => """{"gossip.dev/spread":"first","gossip.dev/handover":"stop-first"}""",
            _ => "{}",
        };
        var before = shape != PodShape.Rich ? "" : $$$""" "initContainers":[{"name":"init","image":"tool"},{"name":"proxy","image":"tool","restartPolicy":"Always","startupProbe":{{{Probe}}}}],"terminationGracePeriodSeconds":4,""";
        if (shape == PodShape.Copies)
            before = """ "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname",""" +
                $$$$""" "whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"{{{{name}}}}"}}}],""";
        var rest = shape != PodShape.Rich ? "" : $$$""","livenessProbe":{{{Probe}}},"readinessProbe":{{{Probe}}},"lifecycle":{"postStart":{{{Hook}}},"preStop":{{{Hook}}}}},{"name":"second","image":"tool","startupProbe":{{{Probe}}}""";
        return $$$"""{"metadata":{"labels":{"app":"{{{name}}}"},"annotations":{{{annotations}}}},"spec":{{{{before}}}"containers":[{{{main[..^1]}}}{{{rest}}}}],"priorityClassName":"{{{priority}}}","runtimeClassName":"process"}}""";
    }

    static string Container(int milliCpu, string version, string command) =>
        $$$"""{"name":"main","image":"server","command":["{{{command}}}"],"env":[{"name":"VERSION","value":"{{{version}}}"}],"resources":{"requests":{"memory":"32Mi","cpu":"{{{milliCpu}}}m"} } }""";

    static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));
}
