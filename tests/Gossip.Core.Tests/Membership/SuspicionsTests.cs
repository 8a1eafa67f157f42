using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Membership;

public sealed class SuspicionsTests
{
    const int Members = 1000;
    static readonly NodeId Suspect = new(1);
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(9), Shortest = TimeSpan.FromSeconds(4.5); // 3 periods x log10 1,000, and half of it

    readonly Timers timers = new();
    readonly Suspicions suspicions = new(NodeTimings.Lan);

    [Fact]
    public void Whom_one_asked_in_vain_has_the_longest_time_and_whom_four_asked_half_of_it()
    {
        suspicions.Open(Suspect, Members, new Turn(At(0), timers));
        suspicions.Confirm(Suspect, new NodeId(2), new Turn(At(0), timers));
        Assert.Equal(Longest, timers.Last.After);
        foreach (var by in (ulong[])[3, 4, 5]) Assert.True(suspicions.Confirm(Suspect, new NodeId(by), new Turn(At(2), timers)));
        Assert.Equal(TimeSpan.FromSeconds(2.5), timers.Last.After);
        Assert.True(suspicions.Stands(timers.Last.Timer));
    }

    [Fact]
    public void Each_further_accuser_shortens_the_time_and_a_repetition_does_not()
    {
        suspicions.Open(Suspect, Members, new Turn(At(0), timers));
        var before = Longest;
        suspicions.Confirm(Suspect, new NodeId(2), new Turn(At(0), timers));
        foreach (var by in (ulong[])[3, 4, 5])
        {
            suspicions.Confirm(Suspect, new NodeId(by), new Turn(At(0), timers));
            Assert.InRange(timers.Last.After, Shortest, before - TimeSpan.FromMilliseconds(1));
            before = timers.Last.After;
            Assert.False(suspicions.Confirm(Suspect, new NodeId(by), new Turn(At(0), timers)));
        }
        Assert.False(suspicions.Confirm(Suspect, new NodeId(6), new Turn(At(0), timers)));
        Assert.Equal(before, timers.Last.After);
    }

    [Fact]
    public void A_longer_wait_is_stale_once_there_is_a_shorter_and_every_wait_once_it_is_refuted()
    {
        suspicions.Open(Suspect, Members, new Turn(At(0), timers));
        var first = timers.Last.Timer;
        suspicions.Confirm(Suspect, new NodeId(2), new Turn(At(0), timers));
        suspicions.Confirm(Suspect, new NodeId(3), new Turn(At(0), timers));
        Assert.False(suspicions.Stands(first));
        Assert.Equal([new NodeId(2), new NodeId(3)], suspicions.Drop(Suspect));
        Assert.False(suspicions.Stands(timers.Last.Timer));
        Assert.False(suspicions.Confirm(Suspect, new NodeId(4), new Turn(At(1), timers)));
    }

    [Fact]
    public void In_a_small_cluster_nobody_is_waited_for_less()
    {
        suspicions.Open(Suspect, 10, new Turn(At(0), timers));
        foreach (var by in (ulong[])[2, 3, 4, 5]) suspicions.Confirm(Suspect, new NodeId(by), new Turn(At(0), timers));
        Assert.Equal(TimeSpan.FromSeconds(3), timers.Last.After);
    }

    static Now At(double seconds) => new(default(Instant) + TimeSpan.FromSeconds(seconds), default);

    sealed class Timers : NodeEffects
    {
        public (NodeTimer Timer, TimeSpan After) Last { get; private set; }
        public override void Wake(NodeTimer timer, TimeSpan after) => Last = (timer, after);
        public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => throw new InvalidOperationException();
        public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => throw new InvalidOperationException();
        public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => throw new InvalidOperationException();
        public override void Perform(PodCommand command) => throw new InvalidOperationException();
        public override void Reply(RequestId request, Reply reply) => throw new InvalidOperationException();
        public override void Rejected(NodeAddress from, Reject why) => throw new InvalidOperationException();
        public override void Note(NodeNote note) => throw new InvalidOperationException();
    }
}
