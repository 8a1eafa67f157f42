using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Kernel;

/// <summary>
/// All processes that came of a container. Without a kernel's namespace two signs tell them: the session that the
/// container's shell leads, and the mark in their environment. A process would have to shed both to escape.
/// </summary>
static class Family
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // what sleeps in the kernel itself (state D) cannot be killed

    /// <summary>Kills it, and what it forks meanwhile, and waits until it is gone.</summary>
    /// <param name="session">0 for none.</param>
    /// <param name="folder">The container's, or one above it.</param>
    /// <returns>False when something could not be killed in time.</returns>
    public static async Task<bool> KillAsync(ProcessWatcher watcher, int session, string folder)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (ProcessTable.Members(session, Mark(folder)) is { Count: > 0 } members)
        {
            var ends = members.ConvertAll(watcher.EndOf);
            foreach (var member in members) Libc.Signal(member.Pid, Libc.Kill);
            try
            {
                await Task.WhenAll(ends).WaitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Kills the families of all containers below a folder, by what runs and not by what is on disk.</summary>
    public static async Task<bool> KillAllAsync(ProcessWatcher watcher, string folder)
    {
        // Only a marked leader's session is a container's: a child that did not yet call setsid is in the node's own.
        var leaders = ProcessTable.Members(session: 0, Mark(folder)).FindAll(member => member.Pid == member.Session);
        var killed = await Task.WhenAll(leaders.Select(leader => KillAsync(watcher, leader.Session, folder))).ConfigureAwait(false);
        return await KillAsync(watcher, session: 0, folder).ConfigureAwait(false) && killed.All(all => all);
    }

    static string Mark(string folder) => $"{PodEnvironment.Mark}={folder}";
}
