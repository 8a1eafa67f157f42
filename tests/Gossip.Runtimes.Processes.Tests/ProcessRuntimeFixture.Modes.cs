using Gossip.Core.Templates;

namespace Gossip.Runtimes.Processes.Tests;

// Who may open what a node makes, isolated or not.
public abstract partial class ProcessRuntimeFixture
{
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
