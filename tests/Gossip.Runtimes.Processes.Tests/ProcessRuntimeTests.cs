using System.Net;
using System.Net.Sockets;
using Gossip.Cli.Demo;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>What only processes promise, beside the contract.</summary>
public sealed class ProcessRuntimeTests : ProcessRuntimeContract
{
    [Fact]
    public async Task A_container_gets_its_variables_and_little_else()
    {
        Environment.SetEnvironmentVariable("GOSSIP_TEST_SECRET", "of the node");
        var (_, log) = await RunToEndAsync(Command("main", "env") with { Environment = [new("GREETING", "hello", null), new("EMPTY", "", null)] });

        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("GREETING=hello", lines);
        Assert.Contains("EMPTY=", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("GOSSIP_TEST_SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commands_and_arguments_refer_to_variables_and_are_not_read_by_a_shell()
    {
        var (_, log) = await RunToEndAsync(Command("main", "printf", "%s|") with
        {
            Args = ["$(WHO)", "a b", "*", "$HOME", "$(NOBODY)"],
            Environment = [new("WHO", "me", null)],
        });

        Assert.Equal("me|a b|*|$HOME|$(NOBODY)|", log);
    }

    [Fact]
    public async Task A_container_runs_in_its_working_directory_or_in_a_place_of_its_own()
    {
        var (_, given) = await RunToEndAsync(Command("main", "pwd") with { WorkingDirectory = "/" });
        Assert.Equal("/\n", given);

        var launch = Launch(Command("main", "sh", "-c", "echo x > file && pwd"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        Assert.StartsWith(Folder, await UntilLoggedAsync(launch.Pod, "main", "\n"), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("/no/such/place")]
    [InlineData("not/rooted")]
    [InlineData("/etc/passwd")]
    public async Task A_working_directory_that_cannot_be_used_is_an_exit_that_names_it(string directory)
    {
        var (end, _) = await RunToEndAsync(Command("main", "pwd") with { WorkingDirectory = directory });

        Assert.Equal((126, "StartError"), (end.ExitCode, end.Reason));
        Assert.Contains(directory, end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_without_a_command_is_an_exit_that_says_what_to_do()
    {
        var (end, _) = await RunToEndAsync(Command("main") with { Image = "nginx" });

        Assert.Equal("StartError", end.Reason);
        Assert.Contains("command", end.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("..")]
    [InlineData("")]
    public async Task A_container_whose_name_is_no_name_makes_its_pod_fail(string name)
    {
        var launch = Launch(Shell(name, "true"));
        await Runtime.PrepareAsync(launch, [], default);

        Assert.Equal("InvalidSpec", (await Reports.Await<PodFailed>()).Reason);
    }

    [Fact]
    public async Task An_end_by_a_signal_is_told_as_a_shell_tells_it()
    {
        var (end, log) = await RunToEndAsync(Shell("main", "echo before; kill -KILL $$"));

        Assert.Equal((137, "ended by signal 9"), (end.ExitCode, end.Message));
        Assert.Equal("before\n", log);
    }

    [Fact]
    public async Task Two_pods_listen_on_one_port_at_their_own_addresses()
    {
        var port = FreePorts.Take();
        PodLaunch first = Launch(Command("main", Helper.Listen(port))), second = Launch(Command("main", Helper.Listen(port)));
        foreach (var (launch, ip) in new[] { (first, await PrepareAsync(first)), (second, await PrepareAsync(second)) })
        {
            await StartAsync(launch);
            await UntilLoggedAsync(launch.Pod, "main", "listening");
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Parse(ip), port);
        }
    }

    [Fact]
    public async Task A_port_of_the_machine_leads_to_the_pod_until_it_is_stopped_also_after_a_restart_of_the_node()
    {
        var (inside, outside) = (FreePorts.Take(), FreePorts.Take());
        var launch = Launch(Command("main", Helper.Listen(inside)) with { Ports = [new("", (ushort)inside, (ushort)outside, PortProtocol.Tcp)] });
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilSaidAsync(launch.Pod, "main", "listening");
        await ConnectAsync();
        await RestartRuntimeAsync();
        await ConnectAsync();

        await Runtime.PrepareAsync(Launch(Container("main", Behaviour.Succeeds) with { Ports = [new("", 1, (ushort)outside, PortProtocol.Tcp)] }), [], default);
        Assert.Equal("HostPortConflict", (await Reports.Await<PodFailed>()).Reason);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);

        async Task ConnectAsync()
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, outside);
        }
    }

    [Fact]
    public async Task Stopping_ends_children_of_children_also_those_that_left_the_group_the_session_or_their_environment()
    {
        var launch = Launch(Shell("main", """
            trap '' TERM
            sleep 1000 & echo $!
            sh -c 'sleep 1000 & echo $!; wait' &
            setsid sh -c 'trap "" TERM; echo $$; while :; do sleep 1000; done' &
            env -i sh -c 'trap "" TERM; echo $$; while :; do /bin/sleep 1000; done' &
            wait
            """));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilAsync(() => Log(launch.Pod, "main").Count(letter => letter == '\n') == 4);
        var family = Array.ConvertAll(Log(launch.Pod, "main").TrimEnd().Split('\n'), Process);
        Assert.All(family, process => Assert.True(IsAlive(process)));

        await Runtime.StopAsync(launch.Pod, TimeSpan.FromMilliseconds(50), default);

        Assert.IsType<PodStopped>(Reports.All[^1]);
        Assert.All(family, process => Assert.False(IsAlive(process)));
    }

    [Fact]
    public async Task What_a_container_left_behind_ends_with_it()
    {
        var (end, log) = await RunToEndAsync(Shell("main", "setsid sleep 1000 & sleep 1000 & echo $!; exit 5"));

        Assert.Equal(5, end.ExitCode);
        Assert.Null(ProcessTable.Find(int.Parse(log, System.Globalization.CultureInfo.InvariantCulture)) is { IsAlive: true } alive ? alive : null);
        Assert.Empty(ProcessTable.Members(0, $"{PodEnvironment.Mark}={Folder}"));
    }

    [Fact]
    public async Task Containers_of_one_pod_run_and_end_each_on_its_own()
    {
        var launch = Launch(Shell("one", "exit 1"), Shell("two", "exit 2"), Container("three", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);

        Assert.Equal(1, (await Reports.Await<ContainerExited>(report => report.Container == "one")).ExitCode);
        Assert.Equal(2, (await Reports.Await<ContainerExited>(report => report.Container == "two")).ExitCode);
        await UntilReadyAsync(launch.Pod, "three");
        Assert.DoesNotContain(Reports.All.OfType<ContainerExited>(), report => report.Container == "three");
    }

    [Fact]
    public async Task A_flood_is_cut_at_the_logs_head_and_no_line_of_the_rest_is_lost()
    {
        const int lines = 200_000; // 1.4 MB; the limit of these tests is 100 kB
        var launch = Launch(Shell("main", $"seq {lines}; echo end; exec sleep 1000"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilSaidAsync(launch.Pod, "main", "end\n");
        string[] log;
        do log = (await LogAsync(launch.Pod, "main")).Split('\n');
        while (log.Length > 20_000); // until the next look at it

        Assert.InRange(log.Length, 5_000, 20_000);
        var last = lines - (log.Length - 2) + 1;
        Assert.Equal(Enumerable.Range(last, log.Length - 2).Select(line => line.ToString(System.Globalization.CultureInfo.InvariantCulture)), log[..^2]);
    }

    [Fact]
    public async Task What_a_plain_process_cannot_be_given_is_refused_by_its_field()
    {
        foreach (var (security, field) in new (SecuritySettings, string)[]
        {
            (new() { RunAsUser = 4711 }, "runAsUser"), (new() { RunAsGroup = 4711 }, "runAsGroup"), (new() { ReadOnlyRoot = true }, "readOnlyRootFilesystem"),
        })
        {
            var launch = Launch(Shell("main", "true") with { Security = security });
            await PrepareAsync(launch);
            await StartAsync(launch);
            var end = await Reports.Await<ContainerExited>(report => report.Pod == launch.Pod);
            Assert.Equal("StartError", end.Reason);
            Assert.Contains($"securityContext.{field}", end.Message, StringComparison.Ordinal);
        }
    }
}
