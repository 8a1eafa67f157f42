using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Processes.Network;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>What the parts of the runtime share: the pods there are, and the machine as far as they use it.</summary>
sealed class ProcessContext : IDisposable
{
    /// <exception cref="PlatformNotSupportedException">This machine cannot run process pods as the options ask.</exception>
    public ProcessContext(ProcessRuntimeOptions options)
    {
        Options = options;
        Reports = new RuntimeNews(options.Note);
        Root = VolumeCalls.RealPath(options.Folder);
        Hidden = [.. options.Hidden.IsDefault ? [] : options.Hidden, Root];
        Groups = IsolationTools.FindGroups(Root);
        var missing = options.Isolation == ProcessIsolation.None ? "" : IsolationTools.Obstacle(Root);
        if (Hidden.Select(VolumeCalls.RealPath).Contains("/")) missing ??= "isolating pods needs a data folder other than /";
        Isolates = missing is null;
        if (options.Isolation == ProcessIsolation.Namespaces && !Isolates) throw new PlatformNotSupportedException(missing);
        if (missing is { Length: > 0 })
            Reports.Note(NoteLevel.Warning, "PodsNotIsolated", RuntimeNames.Process, $"{missing}; process pods run as plain processes");
        Addresses = new PodAddresses(options.Node, Isolates ? AddressRange.Shared : AddressRange.Loopback);
        Watcher = new ProcessWatcher();
        Logs = new LogWatcher((path, fault) => Reports.Note(NoteLevel.Warning, "LogNotWatched", path, fault));
    }

    public ProcessRuntimeOptions Options { get; }

    /// <summary>The real path of the folder that holds the pods' folders.</summary>
    public string Root { get; }

    /// <summary>What isolated pods do not see of the machine's files.</summary>
    public ImmutableArray<string> Hidden { get; }

    /// <summary>Null where the machine has no control groups that we may use.</summary>
    public CgroupTree? Groups { get; }

    /// <summary>Whether pods are isolated by namespaces.</summary>
    public bool Isolates { get; }

    public PodAddresses Addresses { get; }
    public ProcessWatcher Watcher { get; }
    public LogWatcher Logs { get; }
    public RuntimeNews Reports { get; }
    public ConcurrentDictionary<PodRun, ProcessPod> Pods { get; } = new();

    /// <summary>
    /// What a start waits for is the kernel and small programs: more of them at once make none earlier, and hold a thread each.
    /// </summary>
    public SemaphoreSlim Turns { get; } = new(2 * Environment.ProcessorCount);

    /// <summary>The group of one container; null for one of a plain pod.</summary>
    public Cgroup? GroupOf(ProcessPod pod, string container) =>
        pod.Sandbox is null ? null : Groups!.Group($"{Path.GetFileName(pod.Folder.Path)}/{container}");

    /// <summary>The pods themselves go on.</summary>
    public void Dispose()
    {
        foreach (var pod in Pods.Values) pod.HostPorts?.Dispose();
        if (Pods.IsEmpty) Groups?.RemoveEmpty();
        Watcher.Dispose();
        Logs.Dispose();
    }
}
