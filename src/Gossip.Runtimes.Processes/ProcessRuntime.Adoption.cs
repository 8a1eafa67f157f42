using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Processes.Network;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>What a node finds when it starts, and what is left when it is gone.</summary>
public sealed partial class ProcessRuntime
{
    /// <summary>Down to the <c>pods</c> of a node's data among those of other nodes.</summary>
    static readonly EnumerationOptions FewLevels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true };

    /// <summary>
    /// Kills every process of every pod that any node keeps below a folder, at once and without a word to anybody: what
    /// a pulled plug does to a machine's pods. For demos and tests, after the node itself was killed.
    /// </summary>
    /// <returns>False when something could not be killed in time.</returns>
    public static async Task<bool> EndAllAsync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return true;
        using var watcher = new ProcessWatcher();
        folder = VolumeCalls.RealPath(folder);
        var all = await Family.KillAllAsync(watcher, folder).ConfigureAwait(false);
        MemoryMounts.UnmountBelow(folder);
        foreach (var root in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*", FewLevels).Prepend(folder) : [])
            if (IsolationTools.FindGroups(root) is { } groups)
            {
                foreach (var pod in groups.Pods()) groups.Group(pod).Remove();
                groups.RemoveEmpty();
            }
        return all;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        Check.That(this.reports is null);
        this.reports = reports;
        OwnerOnly.CreateFolder(root); // variables hold passwords
        var survivors = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var path in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            var folder = new PodFolder(path);
            if (folder.TryRead() is not { } file || PodFolder.Of(root, file.Launch.Pod).Path != path)
                await ClearAsync(folder).ConfigureAwait(false);
            else if (PodSandbox.IsIn(folder) && FindSandbox(folder) is null)
                await FreeAsync(folder, file.Ip).ConfigureAwait(false); // what its containers shared is gone: there is nothing to adopt
            else
                survivors.Add(await AdoptAsync(folder, file).ConfigureAwait(false));
        }
        foreach (var orphan in groups?.Pods() ?? [])
            if (!Directory.Exists(Path.Combine(root, orphan))) await ClearAsync(new PodFolder(Path.Combine(root, orphan))).ConfigureAwait(false);
        if (pods.IsEmpty) groups?.RemoveEmpty();
        return survivors.DrainToImmutable();
    }

    async Task<SurvivingPod> AdoptAsync(PodFolder folder, PodFile file)
    {
        var pod = new ProcessPod(file.Launch, file.Ip, folder, FindSandbox(folder));
        var survivors = ImmutableArray.CreateBuilder<SurvivingContainer>();
        foreach (var spec in file.Launch.Template.AllContainers)
        {
            var container = ContainerFolder.Of(folder, spec.Name);
            var start = container.ReadStart();
            var runs = start?.Process is { } first && ProcessTable.Find(first.Pid) is { IsAlive: true } now && now.StartTime == first.StartTime;
            var log = runs ? new ContainerLog(container.LogPath, container.TimesPath, options.LogLimit) : null;
            var process = new ContainerProcess(spec.Name, start?.Attempt ?? 0, start?.At ?? default, container, start?.Process, GroupOf(pod, spec.Name), log);
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
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, exit.Code) { Reason = ReasonOf(process) });
            }
        }
        addresses.Keep(file.Ip);
        try
        {
            pod.HostPorts = HostPorts.Open(file.Launch.Template, file.Ip, options.HostAddress);
        }
        catch (HostPortError error)
        {
            Note(NoteLevel.Warning, "HostPortLost", file.Launch.Name, error.Message); // somebody took it while we were away
        }
        pods[file.Launch.Pod] = pod;
        return new SurvivingPod(Classes[0], file.Launch, file.Ip, survivors.DrainToImmutable());
    }

    /// <summary>A folder that tells of no pod (cut while it was written, damaged): nothing may run from it.</summary>
    async Task ClearAsync(PodFolder folder)
    {
        Note(NoteLevel.Warning, "PodFolderUnreadable", folder.Path, "ended what ran from it and removed it");
        await Family.KillAllAsync(watcher, folder.Path).ConfigureAwait(false);
        await EndGroupAsync(Path.GetFileName(folder.Path)).ConfigureAwait(false);
        folder.Delete(options.Note);
    }

    PodSandbox? FindSandbox(PodFolder folder) => groups is null ? null : PodSandbox.Find(folder);

    /// <summary>Kills what is left of a pod and frees what it held.</summary>
    async Task FreeAsync(PodFolder folder, string ip)
    {
        if (PodSandbox.IsIn(folder))
        {
            await EndGroupAsync(Path.GetFileName(folder.Path)).ConfigureAwait(false);
            if (FindSandbox(folder) is { } sandbox) await sandbox.EndAsync(watcher).ConfigureAwait(false);
            await PodNetwork.RemoveAsync(ip).ConfigureAwait(false);
        }
        folder.Delete(options.Note);
        addresses.Free(ip);
    }

    async Task EndGroupAsync(string pod)
    {
        if (groups?.Group(pod) is not { } group) return;
        if (!await group.KillAsync().ConfigureAwait(false)) Note(NoteLevel.Warning, "ContainerNotKillable", pod, "it hangs in the kernel");
        else if (!group.Remove()) Note(NoteLevel.Warning, "ControlGroupRemains", pod, "it could not be removed");
    }
}
