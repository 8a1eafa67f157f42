using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Membership;

public sealed class SwimTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Twenty_nodes_join_through_one_seed(ulong seed)
    {
        var net = new SwimNet(seed);
        for (var i = 0; i < 20; i++) net.Add();
        Assert.InRange(net.Run(10 * Second, () => net.Agree(20)), TimeSpan.Zero, 2 * Second);
        Assert.All(net.Nodes, node => Assert.Equal("a", node.Swim.Live[7].Card.Labels["zone"]));
    }

    [Fact]
    public void A_node_asks_its_seed_until_the_seed_is_there()
    {
        var net = new SwimNet(1);
        var seed = net.Add();
        seed.Kill();
        var node = net.Add();
        net.Run(5 * Second);
        Assert.Equal(1, node.Swim.Live.Length);
        seed.Start(101);
        net.Run(2 * Second, () => net.Agree(2));
        Assert.True(net.Agree(2));
    }

    /// <summary>The aim of the local profile: known to all within a second, because its port refuses.</summary>
    [Fact]
    public void A_killed_process_is_dead_to_all_within_a_second()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var net = SwimNet.Joined(5, seed);
            net.Run(3 * Second);
            net.Nodes[2].Kill();
            Assert.InRange(net.Run(10 * Second, () => net.Agree(4)), TimeSpan.Zero, Second);
            Assert.All(net.Nodes.Where(node => node.IsRunning), node => Assert.Equal(MemberState.Dead, node.View(net.Nodes[2])!.State));
        }
    }

    [Fact]
    public void One_behind_a_wall_that_refuses_for_it_lives_on_by_the_word_of_others()
    {
        var net = SwimNet.Joined(5, 22);
        var (walled, outside) = (net.Nodes[1], net.Nodes[2]);
        net.Reaches = (from, to) => from != outside || to != walled;
        for (var i = 0; i < 100; i++)
        {
            outside.Fail(walled.Address, StreamFailure.Refused); // its datagram
            outside.Fail(walled.Address, StreamFailure.Refused); // and its stream
            net.Run(TimeSpan.FromMilliseconds(50));
        }
        Assert.All(net.Nodes, node => Assert.DoesNotContain((walled.Id, MemberState.Dead), node.Saw));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_machine_that_answers_nothing_is_dead_after_its_suspicion(ulong seed)
    {
        var net = SwimNet.Joined(10, seed);
        var gone = net.Nodes[4];
        net.Reaches = (from, to) => from == to || (from != gone && to != gone);
        net.Run(20 * Second, () => net.Nodes.TrueForAll(node => node == gone || node.View(gone)!.State == MemberState.Dead));
        Assert.All(net.Nodes.Where(node => node != gone), node =>
        {
            Assert.Equal(9, node.Swim.Live.Length);
            Assert.Contains((gone.Id, MemberState.Suspect), node.Saw);
        });
    }

    [Fact]
    public void A_suspect_that_hears_of_it_refutes_and_nobody_buries_it()
    {
        var net = SwimNet.Joined(10, 5);
        var silent = net.Nodes[3];
        net.Reaches = (from, to) => from == to || (from != silent && to != silent);
        net.Run(10 * Second, () => net.Nodes.Exists(node => node.View(silent)!.State == MemberState.Suspect));
        net.Reaches = (_, _) => true;
        net.Run(5 * Second);
        Assert.True(net.Agree(10));
        Assert.True(silent.View(silent)!.Incarnation.Refutation > 0);
        Assert.All(net.Nodes, node => Assert.DoesNotContain((silent.Id, MemberState.Dead), node.Saw));
    }

    [Fact]
    public void A_node_that_leaves_is_gone_at_once_and_nobody_suspects_it()
    {
        var net = SwimNet.Joined(10, 6);
        var leaver = net.Nodes[7];
        leaver.Leave();
        Assert.InRange(net.Run(5 * Second, () => net.Agree(9)), TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        leaver.Kill();
        net.Run(10 * Second);
        Assert.All(net.Nodes.Where(node => node.IsRunning), node =>
        {
            Assert.Equal(MemberState.Left, node.View(leaver)!.State);
            Assert.DoesNotContain((leaver.Id, MemberState.Suspect), node.Saw);
        });
    }

    [Theory]
    [InlineData(300UL, true)]  // a later boot, as it should be
    [InlineData(100UL, true)]  // neither disk nor clock: the very boot that was buried
    [InlineData(3UL, true)]    // an earlier one
    [InlineData(3UL, false)]   // an earlier one, before anybody noticed that it was gone
    public void A_restarted_node_is_back_at_once_whatever_it_remembers(ulong boot, bool isBuriedFirst)
    {
        var net = SwimNet.Joined(5, 7);
        var node = net.Nodes[2];
        node.Kill();
        if (isBuriedFirst)
        {
            net.Run(5 * Second, () => net.Agree(4));
            Assert.True(net.Agree(4));
        }
        node.Start(boot);
        net.Run(2 * Second, () => net.Nodes.TrueForAll(peer => peer.View(node) is { State: MemberState.Alive } seen && seen.Incarnation == node.View(node)!.Incarnation));
        Assert.All(net.Nodes, peer => Assert.Equal(MemberState.Alive, peer.View(node)!.State));
        Assert.True(node.Boot >= boot);
        Assert.All(net.Nodes, peer => Assert.Equal(node.Boot, peer.View(node)!.Incarnation.Boot));
        net.Run(5 * Second);
        Assert.True(net.Agree(5));
    }

    [Fact]
    public void An_earlier_life_may_speak_of_membership_only_and_is_told_of_the_later()
    {
        var net = SwimNet.Joined(3, 8);
        var (one, other) = (net.Nodes[0], net.Nodes[1]);
        Assert.Equal(Reject.StaleBoot, one.Swim.Admit(other.Id, 1, other.Address, new Turn(net.Clock, one)));
        Assert.Equal(Reject.None, one.Swim.Admit(other.Id, 100, other.Address, new Turn(net.Clock, one)));
        Assert.Equal(Reject.None, one.Swim.Admit(NodeId.Of("stranger"), 1, other.Address, new Turn(net.Clock, one)));
        Assert.Equal(Reject.Misdirected, one.Swim.Admit(one.Id, 100, one.Address, new Turn(net.Clock, one)));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Two_sides_that_buried_each_other_merge_by_themselves(ulong seed)
    {
        var net = SwimNet.Joined(10, seed, NodeTimings.Local with { DeadRecord = TimeSpan.FromMinutes(1) });
        bool IsLeft(SwimNode node) => net.Nodes.IndexOf(node) < 4;
        net.Reaches = (from, to) => IsLeft(from) == IsLeft(to);
        net.Run(TimeSpan.FromMinutes(3)); // the records of the dead are gone, their addresses are not
        Assert.All(net.Nodes, node => Assert.Equal(IsLeft(node) ? 4 : 6, node.Swim.All.Length));
        foreach (var node in net.Nodes) node.Saw.Clear();
        net.Reaches = (_, _) => true;
        net.Run(TimeSpan.FromMinutes(3), () => net.Agree(10));
        Assert.True(net.Agree(10));
        Assert.All(net.Nodes, node => Assert.DoesNotContain(node.Saw, saw => saw.State == MemberState.Dead));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void A_short_partition_heals_without_burying_anybody_anew(ulong seed)
    {
        var net = SwimNet.Joined(10, seed);
        bool IsLeft(SwimNode node) => net.Nodes.IndexOf(node) < 5;
        net.Reaches = (from, to) => IsLeft(from) == IsLeft(to);
        net.Run(30 * Second, () => net.Agree(5));
        net.Run(10 * Second);
        foreach (var node in net.Nodes) node.Saw.Clear();
        net.Reaches = (_, _) => true;
        net.Run(TimeSpan.FromMinutes(3), () => net.Agree(10));
        Assert.True(net.Agree(10));
        Assert.All(net.Nodes, node => Assert.DoesNotContain(node.Saw, saw => saw.State == MemberState.Dead));
    }

    /// <summary>Each node has news of all the others then. In datagrams, a few at a time, it took 2.3 s, and longer the more there are.</summary>
    [Fact]
    public void Two_large_sides_merge_soon_after_they_meet_and_are_quiet_again()
    {
        const int Count = 160;
        var net = SwimNet.Joined(Count, 23);
        bool IsLeft(SwimNode node) => net.Nodes.IndexOf(node) < Count / 2;
        net.Reaches = (from, to) => IsLeft(from) == IsLeft(to);
        net.Run(60 * Second, () => net.Agree(Count / 2));
        net.Reaches = (_, _) => true;
        net.Run(60 * Second, () => net.Nodes.Exists(node => node.Swim.Live.Length > Count / 2));
        var frames = net.Frames;
        Assert.InRange(net.Run(60 * Second, () => net.Agree(Count)), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        net.Run(5 * Second);
        Assert.InRange(net.Frames - frames, Count, 20 * Count);
        frames = net.Frames;
        net.Run(10 * Second);
        Assert.Equal(frames, net.Frames);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    public void A_network_that_loses_a_fifth_buries_nobody_healthy(ulong seed)
    {
        var net = SwimNet.Joined(20, seed);
        net.Loss = 0.2;
        net.Run(TimeSpan.FromMinutes(2));
        Assert.All(net.Nodes, node => Assert.DoesNotContain(node.Saw, saw => saw.State == MemberState.Dead));
        Assert.True(net.Agree(20));
    }

    [Fact]
    public void Where_datagrams_are_blocked_streams_keep_everybody_alive()
    {
        var net = SwimNet.Joined(5, 15);
        net.DatagramsBlocked = true;
        net.Run(TimeSpan.FromMinutes(1));
        Assert.All(net.Nodes, node => Assert.DoesNotContain(node.Saw, saw => saw.State == MemberState.Suspect));
    }

    [Fact]
    public void A_broken_link_between_two_is_bridged_by_the_others()
    {
        var net = SwimNet.Joined(5, 16);
        var (one, other) = (net.Nodes[1], net.Nodes[2]);
        net.Reaches = (from, to) => !((from == one && to == other) || (from == other && to == one));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.All(net.Nodes, node => Assert.DoesNotContain(node.Saw, saw => saw.State == MemberState.Suspect));
    }

    [Fact]
    public void Another_node_at_a_reused_address_does_not_answer_for_the_dead()
    {
        var net = SwimNet.Joined(4, 17);
        var gone = net.Nodes[3];
        gone.Kill();
        var heir = net.Add("heir", gone.Address);
        net.Run(20 * Second, () => net.Agree(4));
        Assert.True(net.Agree(4));
        Assert.All(net.Nodes.Where(node => node.IsRunning), node =>
        {
            Assert.Equal(MemberState.Alive, node.View(heir)!.State);
            Assert.NotEqual(true, node.View(gone)?.IsLive);
        });
        Assert.True(heir.Rejects.GetValueOrDefault(Reject.Misdirected) > 0);
    }

    [Fact]
    public void Capacity_reaches_everybody_and_the_newest_wins()
    {
        var net = SwimNet.Joined(10, 18);
        for (var cpu = 1; cpu <= 5; cpu++) net.Nodes[3].Announce(Resources.Zero with { Cpu = new MilliCpu(cpu) });
        net.Run(2 * Second);
        Assert.All(net.Nodes, node => Assert.Equal(net.Nodes[3].Swim.OwnCapacity, node.View(net.Nodes[3])!.Capacity));
        Assert.Equal(5, net.Nodes[3].Swim.OwnCapacity.Free.Cpu.Value);
    }

    [Fact]
    public void What_no_rumour_told_a_digest_finds()
    {
        var net = SwimNet.Joined(5, 19);
        net.Run(5 * Second);
        // One that all but node 4 know: it joined while nothing reached node 4 from it or about it.
        net.Loss = 1;
        var newcomer = net.Add();
        net.Reaches = (from, to) => from.Id != net.Nodes[4].Id && to.Id != net.Nodes[4].Id;
        net.Run(TimeSpan.FromMilliseconds(400));
        net.Loss = 0;
        net.Reaches = (_, _) => true;
        net.Run(30 * Second, () => net.Agree(6));
        Assert.True(net.Agree(6));
        Assert.NotNull(net.Nodes[4].View(newcomer));
    }

    [Fact]
    public void A_steady_cluster_is_quiet_and_allocates_nothing()
    {
        var net = SwimNet.Joined(20, 20);
        net.Run(60 * Second); // rumours are told out, buffers are warm
        var frames = net.Frames;
        var before = GC.GetAllocatedBytesForCurrentThread();
        net.Run(20 * Second);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(frames, net.Frames);
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        static string History()
        {
            var net = SwimNet.Joined(10, 21);
            net.Loss = 0.3;
            net.Nodes[4].Kill();
            net.Run(20 * Second);
            return string.Join('\n', net.Nodes.SelectMany(node => node.Saw)) + net.Frames;
        }
        Assert.Equal(History(), History());
    }
}
