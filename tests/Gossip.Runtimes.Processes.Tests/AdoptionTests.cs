using Gossip.Core.Ports;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>What a node finds after its own process died.</summary>
public sealed class AdoptionTests : ProcessRuntimeFixture
{
    [Fact]
    public async Task A_pod_survives_the_kill_of_its_node_and_is_adopted_by_the_next()
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

    [Fact]
    public async Task An_exit_code_is_kept_while_no_node_is_there_to_take_it()
    {
        var launch = Launch(Shell("main", "echo $PPID; until [ -e go ]; do sleep 0.01; done; exit 7"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        var shell = Process((await UntilLoggedAsync(launch.Pod, "main", "\n")).TrimEnd());
        var work = Path.Combine(Path.GetDirectoryName(Runtime.LogPath(launch.Pod, "main"))!, "work");
        await Runtime.DisposeAsync();
        File.WriteAllText(Path.Combine(work, "go"), "");
        await UntilAsync(() => !IsAlive(shell));
        await RestartRuntimeAsync();

        Assert.Equal(7, Assert.Single(Assert.Single(Survivors).Containers).ExitCode);
    }

    [Fact]
    public async Task A_container_whose_shell_was_killed_ended_by_that_signal_and_leaves_nothing()
    {
        var launch = Launch(Shell("main", "echo $PPID; exec sleep 1000"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        var shell = Process((await UntilLoggedAsync(launch.Pod, "main", "\n")).TrimEnd());
        await Runtime.DisposeAsync();
        Libc.Signal(shell.Pid, Libc.Kill);
        await UntilAsync(() => !IsAlive(shell));
        await RestartRuntimeAsync();

        Assert.Equal(137, Assert.Single(Assert.Single(Survivors).Containers).ExitCode);
        Assert.Empty(ProcessTable.Members(shell.Pid, $"{PodEnvironment.Mark}={Folder}"));
    }

    [Fact]
    public async Task A_container_without_a_record_is_ended_and_counts_as_never_started()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Runtime.DisposeAsync();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(Runtime.LogPath(launch.Pod, "main"))!, "pid"), "0\ncut in the mid");
        await RestartRuntimeAsync();

        Assert.Empty(Assert.Single(Survivors).Containers);
        Assert.Empty(ProcessTable.Members(0, $"{PodEnvironment.Mark}={Folder}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"Ip\":\"127.3.3.3\"")]
    [InlineData("null")]
    public async Task A_folder_that_tells_of_no_pod_is_removed_with_all_that_runs_from_it_and_noted(string content)
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Runtime.DisposeAsync();
        var pod = Assert.Single(Directory.GetDirectories(Folder));
        File.WriteAllText(Path.Combine(pod, "pod.json"), content);
        await RestartRuntimeAsync();

        Assert.Empty(Survivors);
        Assert.Empty(Directory.GetDirectories(Folder));
        Assert.Empty(ProcessTable.Members(0, $"{PodEnvironment.Mark}={Folder}"));
        Assert.Equal((pod, "PodFolderUnreadable"), (Assert.Single(Notes).Subject, Notes[0].Event));
    }

    [Fact]
    public async Task A_pulled_plug_ends_every_pod_below_a_folder_and_no_other()
    {
        var launch = Launch(Shell("main", "env -i sh -c 'echo $$; exec /bin/sleep 1000' & echo $$; wait"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilAsync(() => Log(launch.Pod, "main").Count(letter => letter == '\n') == 2);
        var family = Array.ConvertAll(Log(launch.Pod, "main").TrimEnd().Split('\n'), Process);
        await Runtime.DisposeAsync();

        Assert.True(await ProcessRuntime.EndAllAsync(Folder[..^1])); // begins alike, and is another
        Assert.All(family, process => Assert.True(IsAlive(process)));
        Assert.True(await ProcessRuntime.EndAllAsync(Folder + "/"));
        Assert.All(family, process => Assert.False(IsAlive(process)));
        await RestartRuntimeAsync();
    }
}
