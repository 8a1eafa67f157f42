using Gossip.Core.Ports;
using Gossip.Node.Runtimes;

namespace Gossip.Node.Tests.Runtimes;

public class ProcessRoomsTests
{
    const string Load = "/proc/loadavg", Ids = "/proc/sys/kernel/pid_max", Threads = "/proc/sys/kernel/threads-max",
        Most = "/sys/fs/cgroup/pids.max", Now = "/sys/fs/cgroup/pids.current";

    static ProcessRoom Read(params (string Path, string Text)[] files) =>
        ProcessRooms.Read(path => files.FirstOrDefault(file => file.Path == path).Text);

    [Fact]
    public void The_kernels_lower_bound_counts() => Assert.Equal(
        new ProcessRoom(9_700, 10_000), Read((Load, "0.08 0.91 3.87 1/300 4242\n"), (Ids, "32768\n"), (Threads, "10000\n")));

    [Fact]
    public void A_container_has_the_room_of_its_group_where_that_is_less() => Assert.Equal(
        new ProcessRoom(60, 100), Read((Load, "0 0 0 1/300 4242"), (Ids, "32768"), (Threads, "10000"), (Most, "100\n"), (Now, "40\n")));

    [Fact]
    public void A_group_without_limit_changes_nothing() => Assert.Equal(
        new ProcessRoom(9_700, 10_000),
        Read((Load, "0 0 0 1/300 4242"), (Ids, "32768"), (Threads, "10000"), (Most, "max\n"), (Now, "40\n")));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0 0 0 x/y 1")]
    public void Where_the_system_does_not_say_nothing_is_short(string load) =>
        Assert.False(Read((Load, load), (Ids, "32768"), (Threads, "10000")).IsLow);

    [Fact]
    public void This_machine_says() => Assert.True(!OperatingSystem.IsLinux() || ProcessRooms.Read() is { Most: > 0 and < long.MaxValue });
}
