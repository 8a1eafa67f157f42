using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Processes.Network;

namespace Gossip.Runtimes.Processes;

/// <summary>Finds the pods of the node's last life: what runs on, what ended meanwhile, and what nobody can use any more.</summary>
sealed class PodAdopter(ProcessContext context, PodRemover remover, ContainerLives containers)
{
    /// <inheritdoc cref="IPodRuntime.AdoptAsync"/>
    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(CancellationToken cancel)
    {
        OwnerOnly.CreateFolder(context.Root); // variables hold passwords
        var survivors = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var path in Directory.EnumerateDirectories(context.Root).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            var folder = new PodFolder(path);
            if (folder.TryRead() is not { } file || PodFolder.Of(context.Root, file.Launch.Pod).Path != path)
                await remover.ClearAsync(folder).ConfigureAwait(false);
            else if (PodSandbox.IsIn(folder) && remover.FindSandbox(folder) is null)
                // What its containers shared is gone: there is nothing to adopt.
                await remover.FreeAsync(folder, file.Ip).ConfigureAwait(false);
            else
                survivors.Add(await AdoptAsync(folder, file).ConfigureAwait(false));
        }
        foreach (var orphan in context.Groups?.Pods() ?? [])
        {
            var path = Path.Combine(context.Root, orphan);
            if (!Directory.Exists(path)) await remover.ClearAsync(new PodFolder(path)).ConfigureAwait(false);
        }
        if (context.Pods.IsEmpty) context.Groups?.RemoveEmpty();
        return survivors.DrainToImmutable();
    }

    async Task<SurvivingPod> AdoptAsync(PodFolder folder, PodFile file)
    {
        var pod = new ProcessPod(file.Launch, file.Ip, folder, remover.FindSandbox(folder));
        var survivors = ImmutableArray.CreateBuilder<SurvivingContainer>();
        foreach (var spec in file.Launch.Template.AllContainers)
        {
            var container = ContainerFolder.Of(folder, spec.Name);
            var start = container.ReadStart();
            var runs = start?.Process is { } first
                && ProcessTable.Find(first.Pid) is { IsAlive: true } now && now.StartTime == first.StartTime;
            var log = runs ? new ContainerLog(container.LogPath, container.TimesPath, context.Options.LogLimit) : null;
            var process = new ContainerProcess(
                spec.Name, start?.Attempt ?? 0, start?.At ?? default, container, start?.Process, context.GroupOf(pod, spec.Name), log);
            if (start is null)
            {
                await process.KillAsync(context.Watcher).ConfigureAwait(false); // the node died between starting it and its record
                continue;
            }
            pod.Put(process);
            if (log is not null)
            {
                context.Logs.Add(log);
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, ExitCode: null));
                containers.Follow(file.Launch.Pod, process);
            }
            else
            {
                var exit = await process.EndAsync(context.Watcher, context.Logs).ConfigureAwait(false);
                process.MarkReported();
                var reason = ContainerLives.ReasonOf(process);
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, exit.Code) { Reason = reason });
            }
        }
        context.Addresses.Keep(file.Ip);
        try
        {
            pod.HostPorts = HostPorts.Open(file.Launch.Template, file.Ip, context.Options.HostAddress);
        }
        catch (HostPortError error)
        {
            context.Reports.Note(NoteLevel.Warning, "HostPortLost", file.Launch.Name, error.Message); // somebody took it while we were away
        }
        context.Pods[file.Launch.Pod] = pod;
        return new SurvivingPod(RuntimeNames.Process, file.Launch, file.Ip, survivors.DrainToImmutable());
    }
}
