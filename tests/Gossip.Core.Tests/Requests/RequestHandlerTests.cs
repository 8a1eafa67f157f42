using System.Text;
using FsCheck.Xunit;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Wire;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.Requests;

public class ClerkTests
{
    readonly TestCluster cluster = new();

    static RefusedBecause Why(Reply reply) => Assert.IsType<Refused>(reply).Because;

    [Fact]
    public void A_write_is_answered_once_it_is_durable_and_seen()
    {
        var id = cluster.Ask(new CreateObject(Deployment("hello"), "apps/v1", [.. Fields(2)]));
        Assert.Empty(cluster.Effects.Replies);
        cluster.Settle();
        var stored = Assert.IsType<ObjectStored>(cluster.Effects.Replies[id]).Object;
        Assert.Equal(("apps/v1", 2UL), (stored.ApiVersion, stored.Generation));
        Assert.Equal(stored.Version, Assert.Single(cluster.View.Objects).Version);
        Assert.Equal(2, cluster.View.Pods.Length);
    }

    /// <summary>A template is read where it comes in, and by nobody behind; a reading of other bytes counts for nothing.</summary>
    [Theory]
    [InlineData("Deployment")]
    [InlineData("Pod")]
    public void A_template_that_was_read_is_read_no_second_time(string kind)
    {
        var name = new ObjectName(kind, "default", "hello");
        ObjectField[] fields = kind == "Pod" ? [new("spec.containers", """[{"name":"c","image":"i"}]"""u8.ToArray())] : [.. Fields(1)];
        var parsed = WorkloadSpec.ReadTemplate(kind, fields)!;
        cluster.Do(new CreateObject(name, "v1", [.. fields]) { Template = parsed });
        Assert.Same(parsed.Template, cluster.Slots.Objects.Find(name)!.Spec!.Template);

        static ReadOnlyMemory<byte> Renamed(ReadOnlyMemory<byte> json) =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span).Replace("\"name\":\"", "\"name\":\"x", StringComparison.Ordinal));
        ObjectField[] others = [.. fields.Select(field => field with { Json = Renamed(field.Json) })];
        cluster.Do(new ReplaceObject(name, 0, [.. others]) { Template = parsed });
        var now = cluster.Slots.Objects.Find(name)!.Spec!.Template!;
        Assert.NotEqual(parsed.Template!.Hash, now.Hash);
        Assert.Equal(WorkloadSpec.ReadTemplate(kind, others)!.Template!.Hash, now.Hash);
    }

    [Fact]
    public void A_name_is_given_once()
    {
        cluster.Create("hello", 1);
        Assert.Equal(RefusedBecause.AlreadyExists, Why(cluster.Do(new CreateObject(Deployment("hello"), "v1", [.. Fields(1)]))));
    }

    [Fact]
    public void Writes_to_one_name_follow_one_another_and_those_to_another_do_not_wait()
    {
        var create = new CreateObject(Deployment("hello"), "v1", [.. Fields(1)]);
        ulong first = cluster.Ask(create), second = cluster.Ask(create);
        var third = cluster.Ask(new ReplaceObject(Deployment("hello"), 0, [.. Fields(3)]));
        var fourth = cluster.Ask(new DeleteObject(Deployment("hello"), null));
        var fifth = cluster.Ask(new ReplaceObject(Deployment("hello"), 0, [.. Fields(4)]));
        cluster.Settle();
        Assert.IsType<ObjectStored>(cluster.Effects.Replies[first]);
        Assert.Equal(RefusedBecause.AlreadyExists, Why(cluster.Effects.Replies[second]));
        Assert.IsType<ObjectStored>(cluster.Effects.Replies[third]);
        Assert.IsType<Deleted>(cluster.Effects.Replies[fourth]);
        Assert.Equal(RefusedBecause.NotFound, Why(cluster.Effects.Replies[fifth]));
    }

    [Fact]
    public void A_write_at_an_older_version_is_a_conflict_and_one_at_the_seen_version_is_not()
    {
        var seen = cluster.Create("hello", 1).Version;
        cluster.Scale("hello", 2);
        Assert.Equal(RefusedBecause.Conflict, Why(cluster.Do(new ReplaceObject(Deployment("hello"), seen, [.. Fields(3)]))));
        var now = Assert.Single(cluster.View.Objects).Version;
        Assert.IsType<ObjectStored>(cluster.Do(new ReplaceObject(Deployment("hello"), now, [.. Fields(3)])));
    }

    [Fact]
    public void Only_what_differs_is_written_and_what_is_left_out_goes()
    {
        var name = new ObjectName("ConfigMap", "default", "settings");
        cluster.Create(name, Field("data.a", "\"1\""), Field("data.b", "\"2\""), Field("data.n", "null"));
        cluster.Do(new ReplaceObject(name, 0, [Field("data.a", "\"1\""), Field("data.c", "\"3\"")]));
        var last = cluster.Tables.History[^1];
        Assert.Equal(["data.b", "data.c"], last.After!.Cells.Where(cell => cell.Dot != last.Before![cell.Field]?.Dot).Select(cell => cell.Field));
        Assert.Equal(["data.a", "data.c"], Assert.Single(cluster.View.Objects).Fields.Select(field => field.Path));

        var writes = cluster.Tables.History.Count;
        Assert.IsType<ObjectStored>(cluster.Do(new ReplaceObject(name, 0, [Field("data.a", "\"1\""), Field("data.c", "\"3\"")])));
        Assert.Equal(writes, cluster.Tables.History.Count);
    }

    [Fact]
    public void A_gang_has_one_minimum_which_its_only_workload_may_change()
    {
        static ObjectField[] Gang(string gang) => Fields(1, Template.Replace("\"labels\"", $"\"annotations\":{{\"gossip.dev/gang\":\"{gang}\"}},\"labels\"", StringComparison.Ordinal));
        cluster.Create(Deployment("a"), Gang("train/2"));
        Assert.IsType<ObjectStored>(cluster.Do(new ReplaceObject(Deployment("a"), 0, [.. Gang("train/3")])));
        var refused = Assert.IsType<Refused>(cluster.Do(new CreateObject(Deployment("b"), "v1", [.. Gang("train/2")])));
        Assert.Equal(("spec.template.metadata.annotations[gossip.dev/gang]", RefusedBecause.Invalid), (refused.Field, refused.Because));
        Assert.Contains("needs 2 of gang train, and Deployment/default/a 3", refused.Message, StringComparison.Ordinal);
        cluster.Create(Deployment("b"), Gang("train/3"));
        cluster.Create(Deployment("other") with { Namespace = "elsewhere" }, Gang("train/2"));
    }

    [Fact]
    public void What_cannot_be_is_refused_with_its_field_and_nothing_changes()
    {
        Refused Refuse(ObjectName name, params ObjectField[] fields) => Assert.IsType<Refused>(cluster.Do(new CreateObject(name, "v1", [.. fields])));
        Assert.Equal(("spec.replicas", RefusedBecause.Invalid), Of(Refuse(Deployment("x"), Fields(-1))));
        Assert.Equal(("spec.template", RefusedBecause.Invalid), Of(Refuse(Deployment("x"), Field("spec.replicas", "1"))));
        Assert.Equal(("spec.template.spec.containers[0].resources.requests.cpu", RefusedBecause.Invalid), Of(Refuse(Deployment("x"), Fields(1, Template.Replace("100m", "-100m")))));
        Assert.Equal(("metadata.name", RefusedBecause.Invalid), Of(Refuse(Deployment(""), Fields(1))));
        Assert.Equal(("life", RefusedBecause.Invalid), Of(Refuse(Deployment("x"), [.. Fields(1), Field("life", "0")])));
        Assert.Equal(("data.a", RefusedBecause.Invalid), Of(Refuse(new("ConfigMap", "default", "x"), Field("data.a", "1"), Field("data.a", "1"))));
        Assert.Equal(("", RefusedBecause.TooLarge), Of(Refuse(new("ConfigMap", "default", "x"), Field("data.a", new string('1', Limits.ObjectBytes)))));
        Assert.Equal(("", RefusedBecause.TooLarge), Of(Refuse(new("ConfigMap", "default", "x"), [.. Enumerable.Range(0, Limits.Cells + 1).Select(i => Field($"data.{i}", "1"))])));
        Assert.Empty(cluster.Tables.History);

        static (string, RefusedBecause) Of(Refused refused) => (refused.Field, refused.Because);
    }

    [Fact]
    public void A_deleted_workload_goes_once_its_last_pod_has()
    {
        cluster.Create("hello", 2);
        var admission = cluster.Admit(cluster.Wanted[0], "n1");
        Assert.IsType<Deleted>(cluster.Do(new DeleteObject(Deployment("hello"), null)));
        Assert.Empty(cluster.Wanted);
        Assert.True(Assert.Single(cluster.View.Objects).Deleting);
        Assert.True(Assert.Single(cluster.View.Pods).Deleting);
        cluster.Withdraw(admission);
        Assert.Empty(cluster.View.Objects);
        Assert.Empty(cluster.Slots.Slots);
        Assert.Empty(cluster.Tables.Rows(RowKind.Object));
    }

    [Fact]
    public void A_deletion_does_not_wait_for_dead_nodes_and_leaves_no_row()
    {
        cluster.Create("hello", 2);
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Do(new DeleteObject(new ObjectName("Pod", "default", cluster.Wanted[1].Name), null)); // a slot row
        cluster.Member("n1", MemberState.Dead);
        cluster.Do(new DeleteObject(Deployment("hello"), null));
        foreach (var kind in (RowKind[])[RowKind.Object, RowKind.Slot, RowKind.Admission]) Assert.Empty(cluster.Tables.Rows(kind));
        Assert.Equal(3, cluster.Tables.Removals);
    }

    [Fact]
    public void A_name_may_be_given_again_while_its_old_bearer_goes()
    {
        cluster.Create("hello", 1);
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Do(new DeleteObject(Deployment("hello"), null));
        cluster.Create("hello", 1);
        var pod = Assert.Single(cluster.View.Pods);
        Assert.Equal((false, true), (pod.Deleting, pod.Standing is null));
    }

    [Theory]
    [InlineData("Service")]
    [InlineData("ConfigMap")]
    public void What_derives_no_pods_goes_at_once(string kind)
    {
        var name = new ObjectName(kind, "default", "x");
        cluster.Create(name);
        Assert.IsType<Deleted>(cluster.Do(new DeleteObject(name, null)));
        Assert.Empty(cluster.View.Objects);
        Assert.Equal(RefusedBecause.NotFound, Why(cluster.Do(new DeleteObject(name, null))));
    }

    [Fact]
    public void A_deleted_derived_pod_is_replaced_by_another_epoch_whether_it_ran_or_not()
    {
        cluster.Create("hello", 2);
        cluster.Admit(cluster.Wanted[0], "n1");
        foreach (var before in cluster.View.Pods)
        {
            Assert.IsType<Deleted>(cluster.Do(new DeleteObject(new ObjectName("Pod", "default", before.Name), null)));
            var after = cluster.View.Pods.Single(pod => pod.Id == before.Id);
            Assert.NotEqual(before.Uid, after.Uid);
            Assert.Null(after.Standing);
        }
        Assert.Equal([2U, 2U], cluster.Wanted.Select(slot => slot.NextEpoch.Value));
    }

    [Fact]
    public void A_deleted_bare_pod_is_not_replaced()
    {
        var name = new ObjectName("Pod", "default", "solo");
        cluster.Create(name, Field("spec.containers", """[{"name":"a"}]"""));
        var admission = cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Do(new DeleteObject(name, TimeSpan.FromSeconds(2)));
        Assert.Empty(cluster.Wanted);
        Assert.Equal("2"u8.ToArray(), Assert.Single(cluster.Tables.Rows(RowKind.Object))[Core.Replication.Fields.Deleting]!.Value.Value.ToArray());
        cluster.Withdraw(admission);
        Assert.Empty(cluster.View.Pods);
    }

    [Fact]
    public void Scaling_down_takes_pending_then_unready_then_youngest_pods()
    {
        cluster.Create("hello", 6);
        foreach (var (ordinal, ready) in new[] { (0, true), (1, false), (3, true), (4, true), (5, true) })
            cluster.Admit(cluster.Wanted[ordinal], "n1", ready);
        cluster.Scale("hello", 5);
        Assert.Equal([0, 1, 3, 4, 5], cluster.Wanted.Select(slot => slot.Id.Ordinal)); // 2 was pending
        cluster.Scale("hello", 3);
        Assert.Equal([0, 3, 4], cluster.Wanted.Select(slot => slot.Id.Ordinal)); // 1 was unready, 5 the youngest
        cluster.Scale("hello", 4);
        Assert.Equal([0, 1, 3, 4], cluster.Wanted.Select(slot => slot.Id.Ordinal)); // what was skipped comes back first
        cluster.Scale("hello", 0);
        Assert.Empty(cluster.Wanted);
        cluster.Scale("hello", 2);
        Assert.Equal([0, 1], cluster.Wanted.Select(slot => slot.Id.Ordinal));
    }

    [Property]
    public void Any_scaling_gives_the_count_asked_for_and_keeps_the_ordinals_that_stay(byte[] counts, int seed)
    {
        var random = new RandomStream((ulong)seed);
        var world = new TestCluster();
        world.Create("hello", 3);
        foreach (var count in counts.Take(8))
        {
            foreach (var slot in world.Wanted)
                if (slot.Admissions.IsEmpty && random.Chance(0.5)) world.Admit(slot, "n1", random.Chance(0.5));
            var before = world.Wanted.Select(slot => slot.Id.Ordinal).ToHashSet();
            var to = count % 12;
            world.Scale("hello", to);
            var after = world.Wanted.Select(slot => slot.Id.Ordinal).ToHashSet();
            Assert.Equal(to, after.Count);
            Assert.True(to <= before.Count ? after.IsSubsetOf(before) : after.IsSupersetOf(before), $"{string.Join(',', before)} -> {string.Join(',', after)}");
        }
    }
}
