using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes;

/// <summary>Ends what is left of pods and frees what they held.</summary>
sealed class PodRemover(ProcessContext context)
{
    /// <summary>A folder that tells of no pod (cut while it was written, damaged): nothing may run from it.</summary>
    public async Task ClearAsync(PodFolder folder)
    {
        context.Reports.Note(NoteLevel.Warning, "PodFolderUnreadable", folder.Path, "ended what ran from it and removed it");
        await Family.KillAllAsync(context.Watcher, folder.Path).ConfigureAwait(false);
        await EndGroupAsync(Path.GetFileName(folder.Path)).ConfigureAwait(false);
        folder.Delete(context.Options.Note);
    }

    /// <summary>What the containers of an isolated pod share; null when it is gone, or the pod is plain.</summary>
    public PodSandbox? FindSandbox(PodFolder folder) => context.Groups is null ? null : PodSandbox.Find(folder);

    /// <summary>Kills what is left of a pod and frees what it held.</summary>
    public async Task FreeAsync(PodFolder folder, string ip)
    {
        if (PodSandbox.IsIn(folder))
        {
            await EndGroupAsync(Path.GetFileName(folder.Path)).ConfigureAwait(false);
            if (FindSandbox(folder) is { } sandbox) await sandbox.EndAsync(context.Watcher).ConfigureAwait(false);
            await PodNetwork.RemoveAsync(ip).ConfigureAwait(false);
        }
        folder.Delete(context.Options.Note);
        context.Addresses.Free(ip);
    }

    /// <summary>Kills what is in the control group of a pod, and removes the group.</summary>
    public async Task EndGroupAsync(string pod)
    {
        if (context.Groups?.Group(pod) is not { } group) return;
        if (!await group.KillAsync().ConfigureAwait(false))
            context.Reports.Note(NoteLevel.Warning, "ContainerNotKillable", pod, "it hangs in the kernel");
        else if (!group.Remove())
            context.Reports.Note(NoteLevel.Warning, "ControlGroupRemains", pod, "it could not be removed");
    }
}
