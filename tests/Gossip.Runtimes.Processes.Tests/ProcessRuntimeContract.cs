using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>
/// What holds for process pods, isolated or not: nothing of a singleton outlives its lease, whoever looks after it; and who may open what a
/// node makes.
/// </summary>
public abstract class ProcessRuntimeContract : ProcessRuntimeFixture
{
    PodLaunch Singleton(string script)
    {
        var plain = Launch(Shell("main", script));
        return plain with { Template = plain.Template with { IsSingleton = true } };
    }

    [Fact]
    public async Task A_singleton_without_a_lease_does_not_start()
    {
        var launch = Singleton("echo ready; sleep 1000");
        await PrepareAsync(launch);
        await Runtime.StartContainerAsync(launch.Pod, ContainerStart.Bare("main", 0), default);
        await UntilAsync(() => Reports.All.Any(report => report is ContainerExited { Reason: "StartError" } or ContainerNotStarted));

        Assert.DoesNotContain("ready", Log(launch.Pod, "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_singleton_dies_with_its_lease_though_it_ignores_signals_and_nobody_stops_it()
    {
        var launch = Singleton("trap '' TERM; echo ready; sleep 1000");
        await PrepareAsync(launch);
        Runtime.Lease(launch.Pod, () => TimeSpan.FromSeconds(1));
        await StartAsync(launch);

        Assert.Equal(137, (await Reports.Await<ContainerExited>()).ExitCode);
        Assert.Empty(ProcessTable.Members(session: 0, $"GOSSIP_CONTAINER={Path.GetDirectoryName(Runtime.LogPath(launch.Pod, "main"))}"));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_keeps_a_singleton_alive()
    {
        var launch = Singleton("echo ready; while :; do sleep 0.1; echo on; done");
        await PrepareAsync(launch);
        Runtime.Lease(launch.Pod, () => TimeSpan.FromSeconds(1.5));
        await StartAsync(launch);
        await UntilLoggedAsync(launch.Pod, "main", "ready\n");
        Runtime.Lease(launch.Pod, () => TimeSpan.FromMinutes(1));
        await UntilAsync(() => Log(launch.Pod, "main").Split("on").Length > 25);

        Assert.Empty(Reports.All.OfType<ContainerExited>());
    }

    /// <summary>The node's own runtime ignores SIGPIPE, and <c>nohup</c> SIGHUP; a shell cannot take that back.</summary>
    [Fact]
    public async Task No_signal_is_ignored_by_a_program_also_one_run_beside()
    {
        const string Tell = "grep SigIgn: /proc/self/status";
        var launch = Launch(Shell("main", Tell + "; sleep 1000"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        var said = await UntilSaidAsync(launch.Pod, "main", "SigIgn:");
        var beside = new MemoryStream();
        await RunInAsync(launch.Pod, "main", Tell, beside);

        foreach (var told in (string[])[said, System.Text.Encoding.UTF8.GetString(beside.ToArray())])
            Assert.Equal("SigIgn:\t0000000000000000\n", told);
    }

    /// <summary>As whom a pod runs that is to keep its files from the node's umask; null for the node's own user.</summary>
    protected virtual long? AnotherUser => null;

    [Theory]
    [InlineData("000")]
    [InlineData("077")]
    public async Task Files_of_the_node_are_its_own_and_those_of_a_pod_are_the_pods_whatever_the_nodes_umask(string umask)
    {
        var uses = $"touch file {At("/data")}/file && cat /etc/hosts >/dev/null && ls / >/dev/null";
        var launch = Launch(Shell("main", $"umask; {uses} && echo mine; echo ready; exec sleep 1000") with
        {
            Mounts = [new("data", "/data", "", false)],
            Security = new SecuritySettings { RunAsUser = AnotherUser },
        });
        launch = With(launch, new EmptyDirVolume("data", false, null));
        await Runtime.DisposeAsync();
        await RunAndKillNodeAsync(launch, umask);
        await RestartRuntimeAsync();

        Assert.Equal("0022\nmine\nready\n", await UntilLoggedAsync(launch.Pod, "main", "ready\n"));
        Assert.Empty(OpenToOthers(Folder));
        var container = Path.GetDirectoryName(Runtime.LogPath(launch.Pod, "main"))!;
        foreach (var name in (string[])["log", "times", "pid"]) Assert.True(File.Exists(Path.Combine(container, name)), name); // looked at
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
    }

    /// <summary>What others than its owner may open, without what is the pod's own: work and temporary folders, volumes.</summary>
    static IEnumerable<string> OpenToOthers(string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(path) is "tmp" || Path.GetFileName(folder) is "volumes") continue;
            if (!OperatingSystem.IsWindows() && ((int)File.GetUnixFileMode(path) & 0b111_111) != 0) yield return path;
            if (!Directory.Exists(path) || Path.GetFileName(path) is "work" or "memory" or "root") continue;
            foreach (var below in OpenToOthers(path)) yield return below;
        }
    }
}
