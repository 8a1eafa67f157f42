using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>The contract, and what only isolated pods promise. Needs root, util-linux and iproute2.</summary>
public sealed class IsolatedRuntimeTests : ProcessRuntimeContract
{
    protected override ProcessIsolation Isolation => ProcessIsolation.Namespaces;
    protected override long? AnotherUser => 4711;

    [Fact]
    public void The_node_says_that_it_isolates() => Assert.Equal("namespaces", Runtime.NodeLabels[ProcessRuntime.IsolationLabel]);

    [Fact]
    public async Task Two_pods_listen_on_port_80_and_the_node_and_each_other_reach_them()
    {
        var launches = new[] { Launch(Command("main", Helper.Listen(80))), Launch(Command("main", Helper.Listen(80))) };
        foreach (var launch in launches)
        {
            var ip = await PrepareAsync(launch);
            await StartAsync(launch);
            await UntilSaidAsync(launch.Pod, "main", "listening");
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Parse(ip), 80);
        }
        var first = Reports.All.OfType<PodPrepared>().First().Ip;
        Assert.Equal(0, await RunInAsync(launches[0].Pod, "main", $"test \"$(hostname)\" = {launches[0].Name}"));
        Assert.Equal(0, await RunInAsync(launches[0].Pod, "main", "test -d /sys/class/net/eth0 && test $(ls /sys/class/net | wc -l) = 2"));
        Assert.StartsWith("100.", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_sees_neither_the_processes_nor_the_files_of_the_node_and_of_other_pods()
    {
        File.WriteAllText(Path.Combine(Folder, "secret"), "of the node");
        try
        {
            var other = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
            var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
            var output = new Said();
            await RunInAsync(launch.Pod, "main", $"ls -A {Folder} /tmp /run; ls -d /proc/[0-9]* | wc -l; cat /proc/1/environ", output);

            Assert.DoesNotContain("secret", output.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(PodFolderName(other.Pod), output.Text, StringComparison.Ordinal);
            Assert.Contains("/tmp:\n", output.Text, StringComparison.Ordinal);
            var processes = int.Parse(output.Text.Split('\n').First(line => line.Length is 1 or 2 && char.IsDigit(line[0])), CultureInfo.InvariantCulture);
            Assert.InRange(processes, 2, 8); // the first, the command with its sleep, and what looked
        }
        finally
        {
            File.Delete(Path.Combine(Folder, "secret"));
        }
    }

    static string PodFolderName(PodRun pod) => Path.GetFileName(Gossip.Runtimes.Pods.PodFolder.Of("/", pod).Path);

    [Fact]
    public async Task What_a_container_writes_outside_of_its_volumes_is_seen_by_nobody_else()
    {
        var (end, log) = await RunToEndAsync(Shell("main", "echo mine > /etc/gossip-test && cat /etc/gossip-test && touch /proc/sys/kernel/panic; echo 1 > /proc/sys/kernel/panic; mknod /dev/disk b 254 0; mount -t tmpfs x /mnt; echo end"));

        Assert.Equal(0, end.ExitCode);
        Assert.StartsWith("mine\n", log, StringComparison.Ordinal);
        Assert.Equal(5, log.Split('\n').Count(line => line.Contains("ermi", StringComparison.Ordinal) || line.Contains("ead-only", StringComparison.Ordinal) || line == "mine"));
        Assert.False(File.Exists("/etc/gossip-test"));
    }

    [Fact]
    public async Task Rights_are_as_the_manifest_says()
    {
        var (_, log) = await RunToEndAsync(Shell("main", "id -u; id -g; id -G; touch /usr/x 2>/dev/null || echo refused; touch file && echo own; grep NoNewPrivs /proc/self/status; grep CapEff /proc/self/status") with
        {
            Security = new SecuritySettings { RunAsUser = 4711, RunAsGroup = 4712, Groups = [4713], NoNewPrivileges = true, RunAsNonRoot = true },
        });
        Assert.Equal("4711\n4712\n4712 4713\nrefused\nown\nNoNewPrivs:\t1\nCapEff:\t0000000000000000\n", log);
    }

    [Fact]
    public async Task Capabilities_are_taken_and_given()
    {
        var dropped = Launch(Shell("main", "grep CapEff /proc/self/status") with { Security = new SecuritySettings { DropCapabilities = ["ALL"], AddCapabilities = ["NET_BIND_SERVICE"] } });
        var privileged = Launch(Shell("main", "mount -t tmpfs x /mnt && echo mounted") with { Security = new SecuritySettings { Privileged = true } });
        foreach (var launch in new[] { dropped, privileged })
        {
            await PrepareAsync(launch);
            await StartAsync(launch);
            await Reports.Await<ContainerExited>(report => report.Pod == launch.Pod);
        }

        Assert.Equal("CapEff:\t0000000000000400\n", await LogAsync(dropped.Pod, "main"));
        Assert.Equal("mounted\n", await LogAsync(privileged.Pod, "main"));
    }

    [Fact]
    public async Task A_root_that_is_read_only_has_volumes_that_are_not()
    {
        var launch = Launch(Shell("main", "touch /usr/x || echo refused; touch /data/x && echo taken; touch /tmp/x && echo temporary") with
        {
            Security = new SecuritySettings { ReadOnlyRoot = true },
            Mounts = [new("data", "/data", "", false)],
        });
        launch = launch with { Template = launch.Template with { Volumes = [new EmptyDirVolume("data", false, null)] } };
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Reports.Await<ContainerExited>();

        Assert.EndsWith("refused\ntaken\ntemporary\n", await LogAsync(launch.Pod, "main"), StringComparison.Ordinal);
        Assert.False(Path.Exists("/data"));
    }

    [Fact]
    public async Task Too_much_memory_ends_a_container_as_OOMKilled()
    {
        var (end, _) = await RunToEndAsync(Shell("main", "exec tail /dev/zero") with { Limits = Resources.Zero with { Memory = new Bytes(32 << 20) } });

        Assert.Equal((137, "OOMKilled"), (end.ExitCode, end.Reason));
    }

    [Fact]
    public async Task A_bomb_of_forks_ends_at_the_pods_limit_and_the_pod_can_be_stopped()
    {
        var launch = Launch(Shell("main", "trap 'wait' EXIT; while :; do sleep 1000 & done"));
        launch = launch with { Template = launch.Template with { PidsLimit = 60 } };
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilSaidAsync(launch.Pod, "main", "fork");
        var group = IsolationTools.FindGroups(Folder)!.Folder("pids", PodFolderName(launch.Pod));

        Assert.Equal("60", File.ReadAllText(group + "/pids.max").TrimEnd());
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        Assert.False(Directory.Exists(group));
    }

    [Fact]
    public async Task Cpu_is_throttled_at_its_limit()
    {
        var launch = Launch(Shell("main", "while :; do :; done") with { Limits = Resources.Zero with { Cpu = new MilliCpu(100) } });
        await PrepareAsync(launch);
        await StartAsync(launch);
        var tree = IsolationTools.FindGroups(Folder)!;
        var stat = tree.Folder("cpu", PodFolderName(launch.Pod) + "/main/cpu.stat");

        await UntilAsync(() => File.ReadLines(stat).Any(line => line.StartsWith("nr_throttled ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_pod_when_it_was_stopped()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked) with { Mounts = [new("memory", "/deep/down/here", "", false)] });
        launch = launch with { Template = launch.Template with { Volumes = [new EmptyDirVolume("memory", true, null)] } };
        var ip = await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilReadyAsync(launch.Pod, "main");
        var tree = IsolationTools.FindGroups(Folder)!;
        Assert.Contains(NetworkInterface.GetAllNetworkInterfaces(), device => device.Name == PodNetwork.Device(ip));
        Assert.NotEmpty(tree.Pods());
        await Runtime.StopAsync(launch.Pod, Long, default);

        AssertNothingLeft(ip);
        Assert.False(Path.Exists("/deep"));
    }

    [Fact]
    public async Task A_pod_whose_holder_died_with_the_node_is_no_survivor_and_leaves_nothing()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var ip = (await Reports.Await<PodPrepared>()).Ip;
        var holder = PodSandbox.Find(Gossip.Runtimes.Pods.PodFolder.Of(Folder, launch.Pod))!;
        await Runtime.DisposeAsync();
        Libc.Signal(holder.HolderPid, Libc.Kill);
        await UntilAsync(() => !holder.IsAlive);
        await RestartRuntimeAsync();

        Assert.Empty(Survivors);
        AssertNothingLeft(ip);
    }

    [Fact]
    public async Task A_pulled_plug_leaves_nothing_of_isolated_pods()
    {
        await RunUntilReadyAsync(Behaviour.IgnoresBeingAsked);
        var ip = (await Reports.Await<PodPrepared>()).Ip;
        await Runtime.DisposeAsync();

        Assert.True(await ProcessRuntime.EndAllAsync(Folder));
        await UntilAsync(() => !Directory.Exists($"/sys/class/net/{PodNetwork.Device(ip)}")); // the kernel takes it away in its own time
        AssertNothingLeft(ip);
        await RestartRuntimeAsync();
        Assert.Empty(Survivors);
    }

    void AssertNothingLeft(string ip)
    {
        Assert.DoesNotContain(NetworkInterface.GetAllNetworkInterfaces(), device => device.Name == PodNetwork.Device(ip));
        Assert.Empty(IsolationTools.FindGroups(Folder)!.Pods());
        Assert.DoesNotContain(Folder, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        Assert.Empty(ProcessTable.Members(0, $"{PodEnvironment.Mark}={Folder}"));
    }

    [Fact]
    public async Task A_pod_of_the_hosts_network_has_its_address_and_devices()
    {
        var launch = Launch(Shell("main", "ls /sys/class/net"));
        launch = launch with { Template = launch.Template with { HostNetwork = true } };
        Assert.Equal("127.0.0.1", await PrepareAsync(launch));
        await StartAsync(launch);
        await Reports.Await<ContainerExited>();

        Assert.Equal(Directory.GetDirectories("/sys/class/net").Select(Path.GetFileName).Where(name => !name!.StartsWith("gsp-", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            (await LogAsync(launch.Pod, "main")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => !name.StartsWith("gsp-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no-such-program-anywhere", 127)]
    [InlineData("/no/such/program", 127)]
    [InlineData("/etc/passwd", 126)]
    [InlineData("/etc", 126)]
    public async Task A_program_that_cannot_run_is_an_exit_that_names_it(string program, int code)
    {
        var (end, _) = await RunToEndAsync(Command("main", program));

        Assert.Equal((code, "StartError"), (end.ExitCode, end.Reason));
        Assert.Contains(program, end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_isolated_pod_survives_the_kill_of_its_node_and_is_adopted_by_the_next()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await Runtime.DisposeAsync();
        await RunAndKillNodeAsync(launch);
        await RestartRuntimeAsync();

        var survivor = Assert.Single(Survivors);
        Assert.Null(Assert.Single(survivor.Containers).ExitCode);
        await UntilReadyAsync(launch.Pod, "main");

        await Runtime.StopAsync(launch.Pod, Long, default);
        Assert.Equal(143, Assert.IsType<ContainerExited>(Reports.All[0]).ExitCode);
    }
}
