using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>The contract over real processes, with a folder of the test's own.</summary>
public abstract class ProcessRuntimeFixture : PodVolumesContract
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-pods-");

    protected string Folder => folder.FullName;
    protected List<NodeNote> Notes { get; } = [];
    protected new ProcessRuntime Runtime => (ProcessRuntime)base.Runtime;

    protected override IPodRuntime Create() =>
        new ProcessRuntime(new ProcessRuntimeOptions(folder.FullName, NodeId.Of("node-1"), Notes.Add, LogLimit: 100_000) { Isolation = Isolation });

    protected virtual ProcessIsolation Isolation => ProcessIsolation.None;

    protected override string At(string mountPath) => "$GOSSIP_ROOT" + mountPath;

    /// <summary>The shell is to see every dollar, which in a manifest takes two.</summary>
    protected override ContainerSpec Shell(string name, string script) =>
        Command(name, "sh", "-c", script.Replace("$", "$$", StringComparison.Ordinal));

    protected static ContainerSpec Command(string name, params ImmutableArray<string> command) =>
        new(name, "", command, [], [], "", [], Resources.Zero, Resources.Zero);

    protected string Log(PodRun pod, string container) =>
        File.Exists(Runtime.LogPath(pod, container)) ? File.ReadAllText(Runtime.LogPath(pod, container)) : "";

    /// <returns>The whole log.</returns>
    protected async Task<string> UntilLoggedAsync(PodRun pod, string container, string text)
    {
        await UntilAsync(() => Log(pod, container).Contains(text, StringComparison.Ordinal));
        return Log(pod, container);
    }

    /// <summary>For what only the machine can tell, by being looked at.</summary>
    protected static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds()) await Task.Delay(5, patience.Token);
    }

    /// <summary>Runs a pod of one container to its end.</summary>
    protected async Task<(ContainerExited End, string Log)> RunToEndAsync(ContainerSpec container)
    {
        var launch = Launch(container);
        await PrepareAsync(launch);
        await StartAsync(launch);
        var end = await Reports.Await<ContainerExited>();
        return (end, Log(launch.Pod, container.Name));
    }

    private protected static ProcessStat Process(string pid) => ProcessTable.Find(int.Parse(pid, CultureInfo.InvariantCulture))!.Value;

    /// <summary>The very process, not another one that got its number.</summary>
    private protected static bool IsAlive(ProcessStat process) =>
        ProcessTable.Find(process.Pid) is { IsAlive: true } now && now.StartTime == process.StartTime;

    /// <summary>A node's process runs the pod and is killed.</summary>
    protected async Task RunAndKillNodeAsync(PodLaunch launch, string umask = "022")
    {
        string[] command = ["-c", $"umask {umask}; exec \"$@\"", "sh", .. Helper.Host(Folder, launch, Isolation)];
        using var node = System.Diagnostics.Process.Start(new ProcessStartInfo("sh", command) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("running", await node.StandardOutput.ReadLineAsync());
        }
        finally
        {
            node.Kill();
            await node.WaitForExitAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        var left = Directory.GetFileSystemEntries(Folder);
        folder.Delete(recursive: true);
        Assert.Empty(left);
        GC.SuppressFinalize(this);
    }
}
