using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>One attempt of one container: its first process (the shell, which leads the session) and all that came of it.</summary>
/// <param name="first">Null when it was already gone as we looked.</param>
/// <param name="group">Null for a plain process.</param>
/// <param name="log">Null for one that had ended before this life of the node began.</param>
sealed class ContainerProcess(
    string name, int attempt, WallTime startedAt, ContainerFolder folder, ProcessStat? first, Cgroup? group, ContainerLog? log)
{
    /// <summary>Of one whose shell could not write its code down: it was killed itself.</summary>
    const int KilledCode = 128 + Libc.Kill;

    readonly TaskCompletionSource reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;
    public int Attempt => attempt;
    public WallTime StartedAt => startedAt;
    public ContainerFolder Folder => folder;

    /// <summary>Its first process, while it runs.</summary>
    public ProcessStat? First => Exit is null ? first : null;

    /// <summary>Null for a plain process.</summary>
    public Cgroup? Group => group;

    /// <summary>The kernel killed it for want of memory.</summary>
    public bool IsOutOfMemory => Exit?.Code == KilledCode && group?.OutOfMemoryKills > 0;

    /// <summary>What it says, while it runs and is watched.</summary>
    public ContainerLog? Log => log;

    /// <summary>How it ended; null while it runs. Set before <see cref="Reported"/> completes.</summary>
    public RecordedExit? Exit { get; private set; }

    /// <summary>Completes when the end was reported.</summary>
    public Task Reported => reported.Task;

    /// <summary>Asks every process of its group to end. The shell stays, to write down the command's exit code.</summary>
    public void Terminate()
    {
        if (first is { } leader) Libc.SignalGroup(leader.Pid, Libc.Term);
    }

    /// <summary>Waits for the command's end, then for the end of all that it left behind: nothing outlives a container.</summary>
    public async Task<RecordedExit> EndAsync(ProcessWatcher watcher, LogWatcher logs)
    {
        if (first is { } leader) await watcher.EndOf(leader).ConfigureAwait(false);
        await KillAsync(watcher).ConfigureAwait(false);
        if (log is not null) logs.Remove(log);
        return Exit = folder.ReadExit() ?? new RecordedExit(KilledCode, new WallTime(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
    }

    public void MarkReported() => reported.TrySetResult();

    /// <summary>All living processes that came of it.</summary>
    public List<ProcessStat> Family() =>
        ProcessTable.Members(SessionStillOurs() ? first!.Value.Pid : 0, $"{PodEnvironment.Mark}={folder.Path}");

    /// <summary>Kills whatever is in its session or carries its mark, and waits until it is gone. Also what is forked meanwhile.</summary>
    /// <returns>False when something could not be killed in time.</returns>
    public Task<bool> KillAsync(ProcessWatcher watcher) => group is not null
        ? group.KillAsync()
        : Kernel.Family.KillAsync(watcher, SessionStillOurs() ? first!.Value.Pid : 0, folder.Path);

    /// <summary>
    /// A session keeps its number as long as it has members: if the number now names another process, then ours is
    /// empty, and that one's session is none of our business.
    /// </summary>
    bool SessionStillOurs() =>
        first is { } leader && (ProcessTable.Find(leader.Pid) is not { } found || found.StartTime == leader.StartTime);
}
