using System.Globalization;
using System.Text;
using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Requests;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Scenarios;

/// <summary>The nodes and workloads that scenarios use, as a user would write them.</summary>
internal static class Manifests
{
    /// <summary>One node in five has the label that the picky pod wants.</summary>
    public static NodeCard Node(int index, int podsEach) => new(
        string.Create(CultureInfo.InvariantCulture, $"n{index:00}"),
        SimNetwork.AddressOf(index),
        index % 5 == 0 ? Labels.Of(("disk", "ssd")) : Labels.Of(("disk", "hdd")),
        [],
        new Resources(new MilliCpu(100 * podsEach), new Bytes((64L << 20) * podsEach), new Bytes(0), podsEach + 10, []),
        [RuntimeNames.Process],
        "");

    public static CreateObject Deployment(string name, int replicas, int milliCpu, string version = "1") =>
        new(NameOf(name), "apps/v1", [
            Field(Core.Replication.Fields.Labels, $$"""{"app":"{{name}}"}"""),
            .. Spec(name, replicas, milliCpu, version)]);

    /// <summary>What a user sends to change a deployment: the whole of it.</summary>
    public static ReplaceObject Changed(string name, int replicas, int milliCpu, string version) =>
        new(NameOf(name), 0, Deployment(name, replicas, milliCpu, version).Fields);

    public static ObjectName NameOf(string name) => new("Deployment", "default", name);

    /// <summary>A bare pod; <paramref name="more"/> goes into its spec, such as a nodeSelector.</summary>
    public static CreateObject Pod(string name, int milliCpu, string more) => new(
        new ObjectName("Pod", "default", name), "v1", [
            Field(Core.Replication.Fields.Labels, $$"""{"app":"{{name}}"}"""),
            .. PodSpecFields(milliCpu, more)]);

    static IEnumerable<ObjectField> PodSpecFields(int milliCpu, string more)
    {
        yield return Field("spec.containers", Containers(milliCpu, "1"));
        yield return Field("spec.runtimeClassName", "\"process\"");
        if (more.Length > 0)
        {
            var colon = more.IndexOf(':', StringComparison.Ordinal);
            yield return Field("spec." + more[..colon], more[(colon + 1)..]);
        }
    }

    static IEnumerable<ObjectField> Spec(string name, int replicas, int milliCpu, string version)
    {
        yield return Field(Core.Replication.Fields.Replicas, replicas.ToString(CultureInfo.InvariantCulture));
        yield return Field(Core.Replication.Fields.Selector, $$$"""{"matchLabels":{"app":"{{{name}}}"}}""");
        yield return Field(Core.Replication.Fields.Template,
            $$$"""{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{"containers":{{{Containers(milliCpu, version)}}},"runtimeClassName":"process"}}""");
    }

    static string Containers(int milliCpu, string version) =>
        $$$"""[{"name":"main","image":"server","command":["server"],"env":[{"name":"VERSION","value":"{{{version}}}"}],"resources":{"requests":{"memory":"32Mi","cpu":"{{{milliCpu}}}m"} } }]""";

    static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));
}
