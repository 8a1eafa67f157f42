using FsCheck;
using FsCheck.Xunit;
using Gossip.Node.Sealing;

namespace Gossip.Node.Tests.Sealing;

public sealed class ReplayWindowsTests
{
    /// <summary>The law, against a set that remembers everything.</summary>
    [Property(MaxTest = 300)]
    public bool A_counter_is_taken_once_and_only_within_the_window(NonEmptyArray<ushort> counters)
    {
        var windows = new ReplayWindows();
        var taken = new HashSet<ulong>();
        var greatest = 0UL;
        foreach (ulong counter in counters.Get.Select(counter => counter % 3000))
        {
            var tooOld = taken.Count > 0 && counter + ReplayWindows.Width <= greatest;
            if (windows.Accept(1, counter) != (!tooOld && !taken.Contains(counter))) return false;
            if (tooOld) continue;
            taken.Add(counter);
            greatest = Math.Max(greatest, counter);
        }
        return true;
    }

    [Fact]
    public void Reordering_within_the_window_loses_nothing()
    {
        var windows = new ReplayWindows();
        for (var block = 0UL; block < 10; block++)
            for (var i = ReplayWindows.Width; i > 0; i--)
                Assert.True(windows.Accept(1, block * ReplayWindows.Width + (ulong)i));
    }

    [Fact]
    public void Sessions_do_not_share_counters()
    {
        var windows = new ReplayWindows();
        Assert.True(windows.Accept(1, 5));
        Assert.True(windows.Accept(2, 5));
        Assert.False(windows.Accept(1, 5));
    }

    [Fact]
    public void The_session_heard_of_least_recently_is_forgotten_first()
    {
        var windows = new ReplayWindows(most: 2);
        windows.Accept(1, 5);
        windows.Accept(2, 5);
        windows.Accept(1, 6);
        windows.Accept(3, 5);

        Assert.Equal(2, windows.Count);
        Assert.False(windows.Accept(1, 5));
        Assert.True(windows.Accept(2, 5)); // forgotten, as the bound wants
    }
}
