using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Docker;

/// <summary>One attempt of one container.</summary>
/// <param name="id">The engine's.</param>
sealed class DockerContainer(string name, int attempt, string id)
{
    readonly TaskCompletionSource announced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int looks;

    public string Name => name;
    public int Attempt => attempt;
    public string Id => id;
    public WallTime StartedAt { get; set; }

    /// <summary>What it wants to be asked with; most want SIGTERM.</summary>
    public string StopSignal { get; set; } = "SIGTERM";

    /// <summary>Null while it runs. Set before <see cref="Ended"/> completes.</summary>
    public ContainerEnd? End { get; private set; }

    /// <summary>Completes when its start was reported: an end is never reported before.</summary>
    public Task Announced => announced.Task;

    /// <summary>Completes when its end was reported.</summary>
    public Task Ended => ended.Task;

    public void MarkAnnounced() => announced.TrySetResult();
    public void Conclude(ContainerEnd end) => End = end;

    public void MarkEnded()
    {
        announced.TrySetResult();
        ended.TrySetResult();
    }

    /// <summary>True for the one who is to find out how it ended: events and comparisons may tell of one end at once.</summary>
    public bool BeginLooking() => Interlocked.Increment(ref looks) == 1;

    /// <summary>True when somebody else asked meanwhile, and what was seen may be older than that.</summary>
    public bool LookAgain()
    {
        var seen = Volatile.Read(ref looks);
        if (seen == 1 && Interlocked.CompareExchange(ref looks, 0, 1) == 1) return false;
        Volatile.Write(ref looks, 1);
        return true;
    }
}
