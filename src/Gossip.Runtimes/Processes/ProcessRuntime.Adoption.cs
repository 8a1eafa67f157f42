using System.Collections.Immutable;
using Gossip.Core;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>What a node finds when it starts, and what is left when it is gone.</summary>
public sealed partial class ProcessRuntime
{
    /// <summary>
    /// Kills every process of every pod that any node keeps below a folder, at once and without a word to anybody: what
    /// a pulled plug does to a machine's pods. For demos and tests, after the node itself was killed.
    /// </summary>
    /// <returns>False when something could not be killed in time.</returns>
    public static async Task<bool> EndAllAsync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return true;
        using var watcher = new ProcessWatcher();
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var all = await Family.KillAllAsync(watcher, folder).ConfigureAwait(false);
        MemoryMounts.UnmountBelow(folder);
        return all;
    }

    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        Check.That(this.reports is null);
        this.reports = reports;
        if (OperatingSystem.IsLinux()) Directory.CreateDirectory(root, OwnerOnly); // variables hold passwords
        var survivors = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var path in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            var folder = new PodFolder(path);
            if (folder.TryRead() is { } file && PodFolder.Of(root, file.Launch.Pod).Path == path)
                survivors.Add(await AdoptAsync(folder, file).ConfigureAwait(false));
            else
                await ClearAsync(folder).ConfigureAwait(false);
        }
        return survivors.DrainToImmutable();
    }

    async Task<SurvivingPod> AdoptAsync(PodFolder folder, PodFile file)
    {
        var pod = new ProcessPod(file.Launch, file.Ip, folder);
        var survivors = ImmutableArray.CreateBuilder<SurvivingContainer>();
        foreach (var spec in file.Launch.Template.AllContainers)
        {
            var container = ContainerFolder.Of(folder, spec.Name);
            var start = container.ReadStart();
            var runs = start?.Process is { } first && ProcessTable.Find(first.Pid) is { IsAlive: true } now && now.StartTime == first.StartTime;
            var log = runs ? new ContainerLog(container.LogPath, container.TimesPath, options.LogLimit) : null;
            var process = new ContainerProcess(spec.Name, start?.Attempt ?? 0, start?.At ?? default, container, start?.Process, child: null, log);
            if (start is null)
            {
                await process.KillAsync(watcher).ConfigureAwait(false); // the node died between starting it and its record
                continue;
            }
            pod.Put(process);
            if (log is not null)
            {
                logs.Add(log);
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, ExitCode: null));
                Follow(file.Launch.Pod, process);
            }
            else
            {
                var exit = await process.EndAsync(watcher, logs).ConfigureAwait(false);
                process.MarkReported();
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, exit.Code));
            }
        }
        addresses.Keep(file.Ip);
        pods[file.Launch.Pod] = pod;
        return new SurvivingPod(Classes[0], file.Launch, file.Ip, survivors.DrainToImmutable());
    }

    /// <summary>A folder that tells of no pod (cut while it was written, damaged): nothing may run from it.</summary>
    async Task ClearAsync(PodFolder folder)
    {
        Note(NoteLevel.Warning, "pod-folder-unreadable", folder.Path, "ended what ran from it and removed it");
        await Family.KillAllAsync(watcher, folder.Path).ConfigureAwait(false);
        Delete(folder);
    }
}
