using System.Net.Sockets;
using Docker.DotNet.Models;
using Gossip.Cli.Demo;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Tests.Engines;
using Gossip.Tests.Runtimes;
using ContainerSpec = Gossip.Core.Templates.ContainerSpec;
using Resources = Gossip.Core.Primitives.Resources;

namespace Gossip.Runtimes.Docker.Tests;

/// <summary>The whole contract on a container engine, and what only container engines promise.</summary>
public abstract class EngineContract(TestEngine engine, string? obstacle) : PodVolumesContract
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("gossip-docker-").FullName;
    protected virtual string EngineName => RuntimeNames.Docker;
    protected TestEngine Engine => engine;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (obstacle is null) await base.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override IPodRuntime Create() => Create(Folder, "node-1");

    protected DockerRuntime Create(string folder, string node) => new(new DockerRuntimeOptions(folder, NodeId.Of(node), engine.Endpoint, "127.0.0.1")
    {
        Name = EngineName,
    });

    protected override ContainerSpec Shell(string name, string script) =>
        new(name, TestImage.Tools, ["/bin/sh", "-c", script], [], [], "", [], Resources.Zero, Resources.Zero);

    protected async Task<PodLaunch> RunAsync(params ContainerSpec[] containers)
    {
        var launch = Launch(containers);
        await PrepareAsync(launch);
        await StartAsync(launch);
        return launch;
    }

    [Fact]
    public async Task A_container_that_outgrows_its_memory_ends_as_OOMKilled_and_its_neighbour_runs_on()
    {
        var launch = await RunAsync(
            Container("neighbour", Behaviour.RunsUntilAsked),
            Shell("greedy", "exec tail /dev/zero") with { Limits = Resources.Zero with { Memory = new Bytes(32 << 20) } });
        var exited = await Reports.Await<ContainerExited>();

        Assert.Equal(("greedy", 137, "OOMKilled"), (exited.Container, exited.ExitCode, exited.Reason));
        Assert.Equal(0, await RunInAsync(launch.Pod, "neighbour", "true"));
    }

    [Fact]
    public async Task The_engine_tells_its_images_by_the_names_that_manifests_have()
    {
        var held = await Runtime.ImagesAsync(default);
        Assert.Contains(held, image => image.Bytes > 0 && NodeImages.IdOf(image.Name) == NodeImages.IdOf(TestImage.Tools));
        Assert.True(new NodeImages(held).SizeOf(NodeImages.IdOf(TestImage.Tools)) > 0);
    }

    [Fact]
    public async Task A_bomb_of_forks_ends_at_the_limit_of_processes()
    {
        var launch = Launch(Shell("main", "sh -c 'for i in $(seq 100); do sleep 1000 & done' 2>/dev/null; echo ready; exec sleep 1000"));
        launch = launch with { Template = launch.Template with { PidsLimit = 20 } };
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilReadyAsync(launch.Pod, "main");

        Assert.InRange(Assert.Single(await Runtime.UsageAsync(launch.Pod, default)).Processes, 15, 20);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
    }

    [Fact]
    public async Task A_share_of_the_cpu_is_the_engine_s_to_keep()
    {
        var launch = await RunAsync(Container("main", Behaviour.RunsUntilAsked) with { Limits = Resources.Zero with { Cpu = new MilliCpu(250) } });
        await UntilReadyAsync(launch.Pod, "main");

        var config = (await engine.Client.Containers.InspectContainerAsync(await IdAsync(launch, "main"))).HostConfig!;
        Assert.True(config.NanoCPUs == 250_000_000 || config.CPUQuota * 4 == config.CPUPeriod, $"{config.NanoCPUs}, {config.CPUQuota} of {config.CPUPeriod}");
    }

    [Fact]
    public async Task Containers_of_a_pod_share_its_address()
    {
        var launch = await RunAsync(
            Shell("server", "echo hello > /tmp/page; exec httpd -f -p 8080 -h /tmp"),
            Shell("client", "until wget -q -O - http://127.0.0.1:8080/page; do sleep 0.05; done"));
        await Reports.Await<ContainerExited>(report => report.Container == "client");

        Assert.Equal("hello\n", await LogAsync(launch.Pod, "client"));
    }

    [Fact]
    public async Task A_port_of_the_host_leads_to_its_container_and_is_given_once()
    {
        var port = FreePorts.Take();
        var server = Shell("main", "echo hello > /tmp/page; exec httpd -f -p 8080 -h /tmp") with { Ports = [new ContainerPort("", 8080, (ushort)port, PortProtocol.Tcp)] };
        await RunAsync(server);
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
            try
            {
                Assert.Equal("hello\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/page"), patience.Token));
                break;
            }
            catch (HttpRequestException) // it does not listen yet
            {
                await Task.Delay(20, patience.Token);
            }

        await Runtime.PrepareAsync(Launch(server), [], default);
        Assert.Contains($"{port}", (await Reports.Await<PodFailed>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_runs_as_whom_and_with_what_its_manifest_says()
    {
        var launch = Launch(Shell("main", "id -u; id -g; id -G; touch /x 2>/dev/null || echo read-only; grep -E 'CapEff|NoNewPrivs' /proc/self/status | tr '\\t\\n' '  '") with
        {
            WorkingDirectory = "/tmp",
            Security = new SecuritySettings
            {
                RunAsUser = 1000, RunAsGroup = 2000, RunAsNonRoot = true, Groups = [3000], ReadOnlyRoot = true, NoNewPrivileges = true, DropCapabilities = ["ALL"],
            },
        });
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Reports.Await<ContainerExited>();

        Assert.Equal("1000\n2000\n2000 3000\nread-only\nCapEff: 0000000000000000 NoNewPrivs: 1 ", await LogAsync(launch.Pod, "main"));
    }

    [Fact]
    public async Task Root_is_refused_to_a_container_that_must_not_be()
    {
        await RunAsync(Container("main", Behaviour.Succeeds) with { Security = new SecuritySettings { RunAsNonRoot = true } });
        Assert.Equal("CreateContainerConfigError", (await Reports.Await<ContainerNotStarted>()).Reason);
    }

    [Fact]
    public async Task Arguments_refer_to_variables()
    {
        var launch = await RunAsync(Shell("main", "echo \"$1|$2|$3\"") with { Args = ["sh", "$(WHO)", "$$(WHO)", "$(NOBODY)"], Environment = [new("WHO", "me", null)] });
        await Reports.Await<ContainerExited>();

        Assert.Equal("me|$(WHO)|$(NOBODY)\n", await LogAsync(launch.Pod, "main"));
    }

    [Fact]
    public async Task An_image_s_own_command_runs_when_the_manifest_names_none()
    {
        var launch = await RunAsync(Shell("main", "") with { Image = TestImage.Speaks, Command = [] });
        await Reports.Await<ContainerExited>();

        Assert.Equal("as the image says\n", await LogAsync(launch.Pod, "main"));
    }

    [Theory]
    [InlineData("registry.gossip.test/absent:1", PullPolicy.Never, "ErrImageNeverPull")]
    [InlineData("127.0.0.1:1/absent:1", PullPolicy.IfNotPresent, "ErrImagePull")]
    [InlineData("127.0.0.1:1/absent:1", PullPolicy.Always, "ErrImagePull")]
    [InlineData("Not A Name", PullPolicy.IfNotPresent, "InvalidImageName")]
    [InlineData("UPPER/case", PullPolicy.IfNotPresent, "InvalidImageName")]
    public async Task An_image_that_cannot_be_had_keeps_its_container_from_starting(string image, PullPolicy policy, string reason)
    {
        var launch = await RunAsync(Shell("main", "") with { Image = image, PullPolicy = policy });
        var not = await Reports.Await<ContainerNotStarted>();

        Assert.Equal((launch.Pod, "main", 0, reason), (not.Pod, not.Container, not.Attempt, not.Reason));
        if (reason == "ErrImagePull") Assert.Contains("127.0.0.1:1", not.Message, StringComparison.Ordinal); // the engine's own words
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_start_that_failed()
    {
        await RunAsync(Shell("main", "") with { Command = ["no-such-program"] });
        var exited = await Reports.Await<ContainerExited>();

        Assert.Equal("StartError", exited.Reason);
        Assert.Contains("no-such-program", exited.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_somebody_else_kills_or_removes_is_reported()
    {
        var launch = await RunAsync(Container("killed", Behaviour.RunsUntilAsked), Container("removed", Behaviour.RunsUntilAsked));
        await engine.Client.Containers.KillContainerAsync(await IdAsync(launch, "killed"), new ContainerKillParameters { Signal = "KILL" });
        await engine.Client.Containers.RemoveContainerAsync(await IdAsync(launch, "removed"), new ContainerRemoveParameters { Force = true });

        Assert.Equal(137, (await Reports.Await<ContainerExited>(report => report.Container == "killed")).ExitCode);
        await Reports.Await<ContainerExited>(report => report.Container == "removed");
    }

    [Fact]
    public async Task A_pod_that_loses_its_network_fails()
    {
        var launch = await RunAsync(Container("main", Behaviour.RunsUntilAsked));
        await engine.Client.Containers.KillContainerAsync(await IdAsync(launch, ""), new ContainerKillParameters { Signal = "KILL" });

        Assert.Equal("SandboxChanged", (await Reports.Await<PodFailed>()).Reason);
    }

    [Fact]
    public async Task Nodes_that_share_an_engine_leave_each_other_s_containers_alone()
    {
        var other = Directory.CreateTempSubdirectory("gossip-docker-").FullName;
        try
        {
            var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
            await using (var neighbour = Create(other, "node-2"))
            {
                Assert.Empty(await neighbour.AdoptAsync(new Reports(), default));
                await neighbour.StopAsync(launch.Pod, TimeSpan.Zero, default);
            }
            // Of the same name, but with a folder of its own: of another cluster.
            await using (var namesake = Create(other, "node-1")) Assert.Empty(await namesake.AdoptAsync(new Reports(), default));

            Assert.Equal(0, await RunInAsync(launch.Pod, "main", "true"));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    public async Task What_a_node_with_a_folder_that_is_gone_left_behind_is_removed()
    {
        var other = Directory.CreateTempSubdirectory("gossip-docker-").FullName;
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await using (var former = Create(other, "node-1"))
        {
            await former.AdoptAsync(new Reports(), default);
            await former.PrepareAsync(launch, [], default);
        }
        Directory.Delete(other, recursive: true);
        await RestartRuntimeAsync();

        Assert.Empty(Survivors);
        Assert.Empty(await ListAsync(launch));
    }

    [Fact]
    public async Task Nothing_of_a_stopped_pod_is_left_on_the_engine_or_on_disk()
    {
        var launch = await RunAsync(Behaviour.Fails);
        await Reports.Await<ContainerExited>();
        await StartAsync(launch, attempt: 1);
        await Reports.Await<ContainerExited>(report => report.Attempt == 1);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);

        Assert.Empty(await ListAsync(launch));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public async Task An_engine_that_is_not_there_at_the_start_is_told_at_once()
    {
        var reports = new Reports();
        await using var runtime = new DockerRuntime(new DockerRuntimeOptions(
            Folder, NodeId.Of("node-1"), new Uri($"unix://{Folder}/nobody.sock"), "127.0.0.1") { Name = EngineName });
        var survivors = await runtime.AdoptAsync(reports, default);

        Assert.Empty(survivors);
        Assert.Equal(EngineName, Assert.IsType<RuntimeLost>(Assert.Single(reports.All)).Runtime);
    }

    protected async Task<string> IdAsync(PodLaunch launch, string container) => (await ListAsync(launch)).Single(
        one => (one.Labels!.TryGetValue("gossip.container", out var name) ? name : "") == container).ID;

    protected async Task<IList<ContainerListResponse>> ListAsync(PodLaunch launch)
    {
        var run = Path.GetFileName(Gossip.Runtimes.Pods.PodFolder.Of(Folder, launch.Pod).Path);
        return await engine.Client.Containers.ListContainersAsync(new ContainersListParameters
        {
            All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"gossip.pod={run}"] = true } },
        });
    }
}
