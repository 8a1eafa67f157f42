using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Bench;

/// <summary>Nodes, rows and pods as a real cluster has them.</summary>
static class Samples
{
    public static readonly Resources Whole =
        new(new MilliCpu(16_000), new Bytes(64L << 30), new Bytes(1L << 40), 110, []);

    public static NodeCard Card(int index) => new(
        $"node-{index}", NodeAddress.V4(0x0A000000u + (uint)index, 7946),
        Labels.Of(("kubernetes.io/arch", "amd64"), ("topology.kubernetes.io/zone", $"zone-{index % 3}")),
        [], Whole, ["in-process", "process"], $"http://10.0.0.{index % 250}:8080");

    public static Member Member(int index)
    {
        var used = (int)(StableHash.Mix((ulong)index) % 12);
        var free = Whole - new Resources(new MilliCpu(used * 1000), new Bytes((long)used * 4 << 30), default, used * 5, []);
        return new Member(Card(index), new Incarnation(1_790_000_000, 0), MemberState.Alive, default, new Capacity(1_790_000_000, 9, free, ""));
    }

    /// <summary>A Deployment of one container, as its cells lie in the tables: about 500 bytes.</summary>
    public static Row Deployment(ulong seq)
    {
        var writer = new WriterId(0x5EED);
        Cell Of(string field, ulong dot, string value) =>
            new(field, new Dot(writer, dot), 1, new Stamp(dot << 16), Encoding.UTF8.GetBytes(value));
        return new Row(new Uid(new Dot(writer, seq)), RowKind.Object,
        [
            Of(Fields.Birth, seq, $$"""["Deployment","default","web-{{seq}}","apps/v1"]"""),
            Of(Fields.Labels, seq + 1, """{"app":"web","tier":"front"}"""),
            Of(Fields.Replicas, seq + 2, "10"),
            Of(Fields.Selector, seq + 3, """{"matchLabels":{"app":"web"}}"""),
            Of(Fields.Template, seq + 4, """{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"hello","command":["hello","--port","8080"],"resources":{"requests":{"cpu":"100m","memory":"64Mi"}},"ports":[{"containerPort":8080}]}]}}"""),
        ]);
    }

    /// <summary>The same row after one field was written again.</summary>
    public static Row Edited(Row row)
    {
        var cells = row.Cells.ToBuilder();
        var old = cells[^1];
        cells[^1] = old with { Generation = old.Generation + 1, Dot = old.Dot with { Seq = old.Dot.Seq + 1 } };
        return row with { Cells = cells.ToImmutable() };
    }

    public static PodTemplate Pod() => new(
        7, Labels.Of(("app", "web")), Labels.Empty, [],
        new Resources(new MilliCpu(500), new Bytes(256L << 20), default, 1, []), Labels.Of(("kubernetes.io/arch", "amd64")),
        ImmutableArray<Toleration>.Empty, [], "process", "", PodRestartPolicy.Always, TimeSpan.FromSeconds(30), null);
}
