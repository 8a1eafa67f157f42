using FsCheck.Xunit;
using Gossip.Core.Membership;

namespace Gossip.Core.Tests.Membership;

public sealed class RumourQueueTests
{
    readonly RumourQueue queue = new();
    readonly byte[] room = new byte[1024];

    [Fact]
    public void What_was_sent_least_often_goes_first()
    {
        queue.Offer(1, [1, 1, 1, 1], 3);
        Assert.Equal(4, queue.Fill(room.AsSpan(0, 4)));
        queue.Offer(2, [2, 2, 2, 2], 3);
        Assert.Equal(4, queue.Fill(room.AsSpan(0, 4)));
        Assert.Equal(2, room[0]);
    }

    [Fact]
    public void A_rumour_is_dropped_after_its_last_transmission()
    {
        queue.Offer(1, [1], 2);
        Assert.Equal(1, queue.Fill(room));
        Assert.Equal(1, queue.Fill(room));
        Assert.True(queue.IsEmpty);
        Assert.Equal(0, queue.Fill(room));
    }

    [Fact]
    public void News_on_a_subject_replaces_the_older_and_starts_afresh()
    {
        queue.Offer(1, [1], 2);
        queue.Fill(room);
        queue.Offer(1, [9], 2);
        Assert.Equal(1, queue.Fill(room));
        Assert.Equal(9, room[0]);
        Assert.Equal(1, queue.Fill(room));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void A_rumour_that_does_not_fit_lets_a_shorter_one_pass()
    {
        queue.Offer(1, new byte[10], 1);
        queue.Offer(2, [2], 1);
        Assert.Equal(1, queue.Fill(room.AsSpan(0, 5)));
        Assert.Equal(10, queue.Fill(room));
    }

    /// <summary>Against the plainest queue there is: a list, sorted before each use.</summary>
    [Property]
    public void It_does_what_a_sorted_list_does((byte Subject, byte Act)[] steps)
    {
        var queue = new RumourQueue(); // each run its own
        var plain = new List<(byte Subject, byte Value, int Sent, int Age)>();
        var age = 0;
        foreach (var (subject, act) in steps)
        {
            switch (act % 4)
            {
                case 0:
                case 1:
                    queue.Offer(subject, [subject, act], 3);
                    plain.RemoveAll(rumour => rumour.Subject == subject);
                    plain.Add((subject, act, 0, age++));
                    break;
                case 2:
                    queue.Drop(subject);
                    plain.RemoveAll(rumour => rumour.Subject == subject);
                    break;
                case 3:
                    var expected = plain.OrderBy(rumour => rumour.Sent).ThenBy(rumour => rumour.Age).Take(2).ToArray();
                    Assert.Equal(expected.Length * 2, queue.Fill(room.AsSpan(0, 5)));
                    for (var i = 0; i < expected.Length; i++)
                    {
                        Assert.Equal(expected[i].Subject, room[2 * i]);
                        Assert.Equal(expected[i].Value, room[2 * i + 1]);
                        plain.Remove(expected[i]);
                        if (expected[i].Sent < 2) plain.Add(expected[i] with { Sent = expected[i].Sent + 1, Age = age++ });
                    }
                    break;
            }
            Assert.Equal(plain.Count, queue.Count);
            Assert.Equal(2 * plain.Count, queue.Bytes);
        }
    }

    [Fact]
    public void A_warm_queue_allocates_nothing()
    {
        byte[] rumour = [1, 2, 3, 4];
        void Round()
        {
            for (var subject = 0UL; subject < 100; subject++) queue.Offer(subject, rumour, 3);
            while (!queue.IsEmpty) queue.Fill(room);
        }
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
