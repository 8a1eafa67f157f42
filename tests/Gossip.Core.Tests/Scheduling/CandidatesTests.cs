using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Tables;

namespace Gossip.Core.Tests.Scheduling;

public class CandidatesTests
{
    const int Nodes = 256, Width = 8; // ceil(log2 256)

    static readonly PodTemplate Half = Some.Template with { Device = new DeviceRequest("gpu", 1, 500, []) };

    readonly Ring ring = new();
    readonly SlotTable slots;
    readonly TypicalPods typical = new();
    readonly Candidates candidates;
    readonly List<Candidate> chosen = [];
    readonly List<NodeRefusal> passedOver = [];

    public CandidatesTests()
    {
        slots = new SlotTable(new TestTables(), ring, NodeTimings.Lan).Load(typical);
        candidates = new Candidates(ring, new Hearsay(slots, typical, ring), SchedulingRules.Default);
    }

    [Fact]
    public void Without_devices_a_width_of_nodes_is_asked()
    {
        Assert.True(candidates.Choose(new Search(Some.Template, Some.Run(0), Width), chosen, passedOver));
        Assert.Equal(Width, chosen.Distinct().Count());
    }

    [Fact]
    public void With_devices_more_are_looked_at_and_those_asked_that_would_fragment_least()
    {
        typical.Count(Half with { Device = Half.Device! with { Milli = DeviceRequest.Whole } }, 1);
        ring.Give(node => node % 4 == 0 ? 500 : 1000); // the rest of a device, or a whole one to break up
        var best = 0;
        for (var ordinal = 0; ordinal < 20; ordinal++)
        {
            chosen.Clear();
            Assert.True(candidates.Choose(new Search(Half, Some.Run(ordinal), Width), chosen, passedOver));
            Assert.Equal(4, chosen.Count);
            best += chosen.Count(candidate => ring.Find(candidate.Node)!.Capacity.Free.Devices.Free == 500);
        }
        Assert.InRange(best, 41, 80); // of 80 asked; by chance it would be 20
    }

    [Fact]
    public void For_a_batch_more_are_looked_at_and_those_asked_that_are_emptiest()
    {
        ring.Load(node => node % 4 == 0 ? 4000 : 2000);
        Assert.True(candidates.Choose(new Search(Some.Template, Some.Run(0), 16) { IsBatch = true }, chosen, passedOver));
        Assert.Equal(16, chosen.Count);
        Assert.InRange(chosen.Count(candidate => ring.Find(candidate.Node)!.Capacity.Free.Cpu.Value == 4000), 10, 16); // by chance it would be 4
    }

    [Fact]
    public void Where_there_was_no_room_anywhere_nobody_looks_again_before_somebody_has_more()
    {
        ring.Load(_ => 50);
        Assert.False(candidates.Choose(new Search(Some.Template, Some.Run(0), Width), chosen, passedOver));
        ring.Load(node => node == 77 ? 4000 : 50);
        chosen.Clear();
        Assert.False(candidates.Choose(new Search(Some.Template, Some.Run(1), Width), chosen, passedOver)); // it did not hear of that yet
        candidates.OnRoom(ring.Live[76]);
        chosen.Clear();
        Assert.False(candidates.Choose(new Search(Some.Template, Some.Run(1), Width), chosen, passedOver)); // not enough
        candidates.OnRoom(ring.Live[77]);
        chosen.Clear();
        Assert.True(candidates.Choose(new Search(Some.Template, Some.Run(1), Width), chosen, passedOver));
        Assert.Equal(ring.Live[77].Id, Assert.Single(chosen).Node);
    }

    [Fact]
    public void Few_feasible_nodes_are_looked_for_further()
    {
        typical.Count(Half, 1);
        ring.Give(node => node % 64 == 0 ? 500 : 0);
        Assert.True(candidates.Choose(new Search(Half, Some.Run(0), Width), chosen, passedOver));
        Assert.Equal(4, chosen.Count);
        Assert.All(chosen, candidate => Assert.Equal(500, ring.Find(candidate.Node)!.Capacity.Free.Devices.Free));
    }

    [Fact]
    public void Where_nothing_looks_feasible_nobody_is_asked_at_first_and_a_few_after_that_for_their_reasons()
    {
        typical.Count(Half, 1);
        ring.Give(_ => 499);
        Assert.False(candidates.Choose(new Search(Half, Some.Run(0), Width), chosen, passedOver));
        Assert.Empty(chosen);
        Assert.Contains("needs 500/1000 of one gpu, at most 499/1000 free on one", passedOver[0].Why, StringComparison.Ordinal);
        passedOver.Clear();
        Assert.False(candidates.Choose(new Search(Half, Some.Run(0), Width) { IsRepeated = true }, chosen, passedOver));
        Assert.Equal(4, chosen.Count);
        Assert.Contains("needs 500/1000 of one gpu, at most 499/1000 free on one", passedOver[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void An_award_is_counted_device_by_device_until_its_node_tells()
    {
        ring.Give(_ => 1000);
        var hearsay = new Hearsay(slots, typical, ring);
        var node = ring.Live[0];
        hearsay.Deduct(node.Id, Half);
        hearsay.Deduct(node.Id, Half);
        Assert.Equal(0, hearsay.Of(node, default).Free.Devices.Free);
        ring.Give(_ => 700);
        Assert.Equal(700, hearsay.Of(ring.Live[0], default).Free.Devices.Free);
    }

    sealed class Ring : IMemberList
    {
        Member[] members = [.. Enumerable.Range(0, Nodes).Select(Of).OrderBy(member => member.Id.Value)];
        ulong version = 1;

        public NodeId Self => members[0].Id;
        public ReadOnlySpan<Member> All => members;
        public ReadOnlySpan<Member> Live => members;
        public Member? Find(NodeId node) => Array.Find(members, member => member.Id == node);

        /// <summary>Every node tells how much of its one device is free, by its place on the ring.</summary>
        public void Give(Func<int, int> milli)
        {
            version++;
            members = [.. members.Select((member, at) => member with { Capacity = new Capacity(1, version, With(milli(at)), "") })];
        }

        /// <summary>Every node tells how many milli-CPUs it has free, by its place on the ring.</summary>
        public void Load(Func<int, int> free)
        {
            version++;
            members = [.. members.Select((member, at) => member with { Capacity = new Capacity(1, version, With(DeviceRequest.Whole) with { Cpu = new MilliCpu(free(at)) }, "") })];
        }

        static Member Of(int number) => new(
            new NodeCard($"n{number}", NodeAddress.V4((uint)number + 1, 1), Labels.Empty, [], With(DeviceRequest.Whole), [RuntimeNames.Process], ""),
            new Incarnation(1, 0), MemberState.Alive, default, new Capacity(1, 1, With(DeviceRequest.Whole), ""));

        static Resources With(int milli) => Some.Room(4000, 4096, 10) with { Devices = new Devices([new DeviceGroup("gpu", "T4", ImmutableArray.Create(milli))]) };
    }
}
