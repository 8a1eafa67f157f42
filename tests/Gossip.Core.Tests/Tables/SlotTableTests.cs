using FsCheck.Xunit;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.Tables;

public class SlotTableTests
{
    readonly TestCluster cluster = new();

    int[] Ordinals() => [.. cluster.Wanted.Select(slot => slot.Id.Ordinal)];

    [Fact]
    public void A_deployment_derives_its_replicas_under_names_of_template_and_ordinal()
    {
        cluster.Create("hello", 3);
        Assert.Equal([0, 1, 2], Ordinals());
        var hash = cluster.Wanted[0].Id.Template.ToString("x16")[..8];
        Assert.Equal([$"hello-{hash}-0", $"hello-{hash}-1", $"hello-{hash}-2"], cluster.Wanted.Select(slot => slot.Name));
    }

    [Fact]
    public void Scaling_touches_only_what_comes_or_goes()
    {
        cluster.Create("hello", 100);
        cluster.Slots.Dirty.Clear();
        cluster.Scale("hello", 103);
        Assert.Equal([100, 101, 102], cluster.Slots.Dirty.Select(pod => pod.Ordinal));
        cluster.Slots.Dirty.Clear();
        cluster.Scale("hello", 98);
        Assert.Equal([98, 99, 100, 101, 102], cluster.Slots.Dirty.Select(pod => pod.Ordinal));
        cluster.Slots.Dirty.Clear();
        cluster.Do(new ReplaceObject(Deployment("hello"), 0, [.. Fields(98), Field("metadata.annotations", """{"a":"b"}""")]));
        Assert.Empty(cluster.Slots.Dirty);
    }

    [Fact]
    public void Another_template_makes_other_pods_and_the_old_stay_while_they_are_admitted()
    {
        cluster.Create("hello", 2);
        var admission = cluster.Admit(cluster.Wanted[0], "n1");
        var old = cluster.Wanted[0].Id;
        cluster.Do(new ReplaceObject(Deployment("hello"), 0, [.. Fields(2, Template.Replace("100m", "200m"))]));
        Assert.DoesNotContain(old, cluster.Wanted.Select(slot => slot.Id));
        Assert.Equal(3, cluster.Slots.Slots.Count);
        Assert.False(cluster.Slots.Find(old)!.IsDesired);
        cluster.Withdraw(admission);
        Assert.Null(cluster.Slots.Find(old));
    }

    [Fact]
    public void New_labels_of_a_bare_pod_leave_it_running()
    {
        var pod = new ObjectName("Pod", "default", "solo");
        cluster.Create(pod, Field("spec.containers", """[{"name":"a"}]"""), Field("metadata.labels", """{"app":"x"}"""));
        var id = Assert.Single(cluster.Wanted).Id;
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Do(new ReplaceObject(pod, 0, [Field("spec.containers", """[{"name":"a"}]"""), Field("metadata.labels", """{"app":"y"}""")]));
        var slot = Assert.Single(cluster.Wanted);
        Assert.Equal((id, "y", "solo"), (slot.Id, slot.Template.Labels["app"], slot.Name));
        Assert.NotNull(cluster.Slots.Standing(slot, cluster.Now.Monotonic));
    }

    [Fact]
    public void A_gated_pod_has_no_auction_until_its_gates_are_taken_away()
    {
        var pod = new ObjectName("Pod", "default", "solo");
        cluster.Create(pod, Field("spec.containers", """[{"name":"a"}]"""), Field("spec.schedulingGates", """[{"name":"quota"},{"name":"licence"}]"""));
        Assert.False(cluster.Slots.IsOpen(Assert.Single(cluster.Wanted), cluster.Now.Monotonic));
        Assert.Equal("held by scheduling gates: quota, licence", Assert.Single(cluster.View.Pods).PendingBecause);

        cluster.Do(new ReplaceObject(pod, 0, [Field("spec.containers", """[{"name":"a"}]""")]));

        Assert.True(cluster.Slots.IsOpen(Assert.Single(cluster.Wanted), cluster.Now.Monotonic));
        Assert.Equal("solo", Assert.Single(cluster.View.Pods).Name);
    }

    [Fact]
    public void Of_two_objects_of_one_name_the_later_counts_and_the_other_again_once_that_is_gone()
    {
        cluster.Create("hello", 2);
        // Made in another partition: the clerk here would have refused it.
        var other = cluster.Tables.Create(RowKind.Object,
            [(Core.Replication.Fields.Birth, new ObjectBirth(Deployment("hello"), "v1").ToBytes()), .. Fields(5).Select(field => (field.Path, field.Json))],
            new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.Equal(5, cluster.Wanted.Length);
        Assert.Equal([true, false], cluster.View.Objects.Select(view => view.NameConflict));
        cluster.Tables.Remove(other, new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.Equal(2, cluster.Wanted.Length);
        Assert.False(Assert.Single(cluster.View.Objects).NameConflict);
    }

    [Fact]
    public void A_broken_template_from_elsewhere_derives_nothing_and_says_why()
    {
        cluster.Tables.Create(RowKind.Object,
            [(Core.Replication.Fields.Birth, new ObjectBirth(Deployment("bad"), "v1").ToBytes()), .. Fields(2, """{"spec":{}}""").Select(field => (field.Path, field.Json))],
            new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.Empty(cluster.Wanted);
        Assert.Contains(cluster.View.Events, happened => happened.Reason == "InvalidTemplate" && happened.Message.StartsWith("spec.template.spec.containers: "));
    }

    [Fact]
    public void A_pod_is_open_until_admitted_and_again_when_the_grace_after_its_nodes_death_is_over()
    {
        cluster.Create("hello", 1);
        var slot = cluster.Wanted[0];
        Assert.True(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic));
        cluster.Admit(slot, "n1");
        Assert.False(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic));
        Assert.Empty(cluster.Slots.Watching);

        cluster.Member("n1", MemberState.Dead);
        Assert.Equal([slot], cluster.Slots.Watching);
        Assert.False(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic));
        var before = cluster.View;
        cluster.Pass(NodeTimings.Lan.LossGrace);
        Assert.True(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic));
        Assert.Equal((cluster.Now.Monotonic, new Epoch(2)), (slot.OpenSince, slot.NextEpoch));
        Assert.True(cluster.View.Version > before.Version);

        cluster.Member("n1", MemberState.Alive);
        Assert.False(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic));
        Assert.Null(slot.OpenSince);
    }

    [Fact]
    public void A_node_that_left_is_not_waited_for()
    {
        cluster.Create("hello", 1);
        cluster.Admit(cluster.Wanted[0], "n1");
        cluster.Member("n1", MemberState.Left);
        Assert.True(cluster.Slots.IsOpen(cluster.Wanted[0], cluster.Now.Monotonic));
    }

    [Fact]
    public void A_node_not_heard_of_yet_is_given_time_to_join()
    {
        cluster.Create("hello", 1);
        cluster.Admit(cluster.Wanted[0], "stranger");
        Assert.False(cluster.Slots.IsOpen(cluster.Wanted[0], cluster.Now.Monotonic));
        cluster.Pass(NodeTimings.Lan.LossGrace + NodeTimings.Lan.SyncWait);
        Assert.True(cluster.Slots.IsOpen(cluster.Wanted[0], cluster.Now.Monotonic));
    }

    [Theory]
    [InlineData(PodPhase.Succeeded)]
    [InlineData(PodPhase.Failed)]
    public void A_pod_that_has_ended_stays_closed_wherever_its_node_is(PodPhase phase)
    {
        cluster.Create(new ObjectName("Pod", "default", "once"), Field("spec.containers", """[{"name":"a"}]"""), Field("spec.restartPolicy", "\"Never\""));
        cluster.Admit(cluster.Wanted[0], "n1", status: status => status with { Phase = phase, Ready = false });
        cluster.Member("n1", MemberState.Dead);
        cluster.Pass(TimeSpan.FromHours(1));
        Assert.False(cluster.Slots.IsOpen(cluster.Wanted[0], cluster.Now.Monotonic));
        Assert.Equal(phase, Assert.Single(cluster.View.Pods).Phase);
    }

    [Fact]
    public void A_draining_a_failed_and_an_outdated_admission_do_not_stand()
    {
        cluster.Create("hello", 3);
        var (draining, failed, outdated) = (cluster.Wanted[0], cluster.Wanted[1], cluster.Wanted[2]);
        cluster.Admit(draining, "n1", status: status => status with { Draining = true });
        cluster.Admit(failed, "n1");
        cluster.Admit(outdated, "n1");
        cluster.Tables.Create(RowKind.Slot, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(failed.Id)), ("failed.1", new byte[1])], new Turn(cluster.Now, cluster.Effects));
        var facts = cluster.Tables.Create(RowKind.Slot, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(outdated.Id))], new Turn(cluster.Now, cluster.Effects));
        cluster.Tables.Raise(facts, Core.Replication.Fields.LeastEpoch, 5, new byte[] { 1 }, new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.All(cluster.Wanted, slot => Assert.True(cluster.Slots.IsOpen(slot, cluster.Now.Monotonic)));
        Assert.Equal([2, 2, 5], cluster.Wanted.Select(slot => (int)slot.NextEpoch.Value));
    }

    [Fact]
    public void Facts_in_two_rows_of_one_pod_are_joined()
    {
        cluster.Create("hello", 1);
        var slot = cluster.Wanted[0];
        foreach (var (field, least) in new[] { ("failed.2", 3u), ("failed.7", 1u) })
        {
            var row = cluster.Tables.Create(RowKind.Slot, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(slot.Id)), (field, new byte[1])], new Turn(cluster.Now, cluster.Effects));
            cluster.Tables.Raise(row, Core.Replication.Fields.LeastEpoch, least, new byte[] { 1 }, new Turn(cluster.Now, cluster.Effects));
        }
        cluster.Settle();
        Assert.Equal((new Epoch(3), new Epoch(8)), (slot.LeastEpoch, slot.NextEpoch));
        Assert.Equal([new Epoch(2), new Epoch(7)], slot.FailedEpochs);
    }

    [Fact]
    public void Who_has_not_seen_the_admissions_of_before_learns_the_epoch_from_the_round_that_was_told()
    {
        cluster.Create("hello", 1);
        var run = new PodRun(cluster.Wanted[0].Id, new Epoch(3));
        var round = new RoundSummary(run, NodeId.Of("n0"), 1, 3, 0, NodeId.None, new Stamp(7), []);
        cluster.Tables.Create(RowKind.Summary, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(run.Pod)), (Core.Replication.Fields.Round, round.Cell)], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.Equal(run.Epoch, cluster.Wanted[0].NextEpoch);
    }

    [Fact]
    public void An_epoch_once_seen_is_not_used_again_when_its_admission_is_gone()
    {
        cluster.Create("hello", 1);
        cluster.Withdraw(cluster.Admit(cluster.Wanted[0], "n1"));
        Assert.Equal(new Epoch(2), cluster.Wanted[0].NextEpoch);
    }

    [Fact]
    public void A_cordon_and_taints_lie_over_the_nodes_card()
    {
        var id = NodeId.Of("n1");
        Assert.False(cluster.Slots.SettingsOf(id).Unschedulable);
        cluster.Create(new ObjectName("Node", "", "n1"), Field("spec.unschedulable", "true"), Field("metadata.labels", """{"disk":"ssd"}"""),
            Field("spec.taints", """[{"key":"gpu","value":"true","effect":"NoSchedule"},{"key":"x","effect":"Odd"}]"""));
        var settings = cluster.Slots.SettingsOf(id);
        Assert.True(settings.Unschedulable);
        Assert.Equal(Labels.Of(("disk", "ssd"), ("kubernetes.io/hostname", "n1"), ("name", "n1")), settings.Labels);
        Assert.Equal([new Taint("gpu", "true", TaintEffect.NoSchedule)], settings.Taints);
    }

    [Fact]
    public void A_poison_row_is_left_out_and_the_rest_applies()
    {
        cluster.Create("hello", 1);
        foreach (var kind in (RowKind[])[RowKind.Object, RowKind.Slot, RowKind.Admission, RowKind.Summary])
            cluster.Tables.Create(kind, [(Core.Replication.Fields.Birth, new byte[] { 0xC1, 7 }), (Core.Replication.Fields.Round, new byte[] { 0xC1 })], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.Single(cluster.View.Pods);
        Assert.Single(cluster.View.Objects);
    }

    [Property(MaxTest = 500)]
    public void Rows_spoiled_anywhere_are_read_or_left_out_and_never_thrown(int seed)
    {
        var (random, cluster) = (new RandomStream((ulong)seed), new TestCluster());
        cluster.Create("hello", 1);
        var run = new PodRun(cluster.Wanted[0].Id, Epoch.First);
        cluster.Admit(cluster.Wanted[0], "n1", status: status => status with { Containers = [new ContainerState("web", ContainerStage.Running, 2, default, 0, "", "")] });
        cluster.Tables.Create(RowKind.Slot, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(run.Pod))], new Turn(cluster.Now, cluster.Effects));
        var round = new RoundSummary(run, NodeId.Of("n0"), 1, 3, 1, NodeId.Of("n1"), new Stamp(7),
            [new RoundAnswer(NodeId.Of("n1"), 70, ""), new RoundAnswer(NodeId.Of("n2"), -1, "lacks 0.5 cpu")]);
        cluster.Tables.Create(RowKind.Summary, [(Core.Replication.Fields.Birth, PodCodec.SlotBirth(run.Pod)), (Core.Replication.Fields.Round, round.Cell)], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();

        foreach (var row in cluster.Tables.History.ToArray())
            cluster.Tables.Create(row.Kind, [.. row.After!.Cells.Select(cell => (cell.Field, Spoil(cell.Value, random)))], new Turn(cluster.Now, cluster.Effects));
        cluster.Settle();
        Assert.NotEmpty(cluster.View.Pods);
    }

    /// <summary>With a byte changed, cut, or with the greatest of all numbers somewhere: 2^64 - 1 has room in few fields.</summary>
    static ReadOnlyMemory<byte> Spoil(ReadOnlyMemory<byte> cell, RandomStream random)
    {
        var bytes = cell.ToArray();
        var at = random.Below(cell.Length);
        switch (random.Below(4))
        {
            case 0:
                break;
            case 1:
                bytes[at] = (byte)random.Below(256);
                break;
            case 2:
                return bytes.AsMemory(0, at);
            default:
                return (byte[])[.. bytes.AsSpan(0, at), 0xCF, .. Enumerable.Repeat((byte)0xFF, 8), .. bytes.AsSpan(at + 1)];
        }
        return bytes;
    }

    [Property]
    public void The_same_rows_in_any_order_derive_the_same_slots(int seed)
    {
        var one = new TestCluster();
        one.Create("a", 4);
        one.Create("b", 2);
        one.Admit(one.Wanted[0], "n1");
        one.Admit(one.Wanted[0], "n2", epoch: Epoch.First);
        one.Admit(one.Wanted[1], "n2");
        one.Do(new DeleteObject(new ObjectName("Pod", "default", one.Wanted[1].Name), null));
        one.Scale("a", 2);
        var rows = ((RowKind[])[RowKind.Object, RowKind.Slot, RowKind.Admission]).SelectMany(one.Tables.Rows).ToArray();
        new RandomStream((ulong)seed).Shuffle(rows.AsSpan());

        var other = new SlotTable(new TestTables(), one.Members, NodeTimings.Lan).Load();
        foreach (var row in rows) other.Apply(new RowChange(row.Uid, row.Kind, null, row), one.Now);
        Assert.Equal(Shown(one.Slots), Shown(other));
    }

    [Property]
    public void The_order_of_admissions_is_total(uint rankA, uint rankB, ulong atA, ulong atB, ulong nodeA, ulong nodeB)
    {
        static Admission Of(uint rank, ulong at, ulong node) =>
            new(new Uid(1, node), new AdmissionBirth(new NodeId(node), default, new Stamp(at), ""), AdmissionStatus.Admitted with { Rank = rank });
        foreach (var (rank, at) in new[] { (rankB, atB), (rankA, atB), (rankA, atA) }) // ties are rare by themselves
        {
            var (a, b) = (Of(rankA, atA, nodeA), Of(rank, at, nodeB));
            Assert.Equal(nodeA == nodeB && rankA == rank && atA == at ? 0 : 1, (a.Precedes(b) ? 1 : 0) + (b.Precedes(a) ? 1 : 0));
        }
    }

    static string[] Shown(SlotTable table) =>
    [
        .. table.Slots.OrderBy(slot => slot.Id).Select(slot =>
            $"{slot.Id} {slot.Name} {slot.IsDesired} {slot.LeastEpoch} {slot.NextEpoch} {string.Join(',', slot.Admissions.Select(admission => admission.Node))}"),
    ];
}
