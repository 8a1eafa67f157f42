namespace Gossip.Node.Runtimes;

/// <summary>
/// The order of one pod's commands: those for one container one after another, beside those for the others; one for the
/// pod as a whole after everything before it and before everything behind it. Guarded by its owner.
/// </summary>
/// <param name="after">What everything waits for.</param>
sealed class PodLane(string runtime, Task after)
{
    readonly Dictionary<string, Task> containers = new(StringComparer.Ordinal); // since the last for the whole pod
    Task whole = after;
    CancellationTokenSource starting = new();

    /// <summary>The runtime class that the pod was put on.</summary>
    public string Runtime { get; set; } = runtime;

    /// <summary>Ends when everything that waits here has ended.</summary>
    public Task Last => Task.WhenAll([whole, .. containers.Values]);

    /// <summary>Cancelled once the pod is to stop.</summary>
    public CancellationToken Starting => starting.Token;

    /// <param name="begin">Takes what to wait for; gives the task that ends with the command, and never faults.</param>
    public Task AddFor(string container, Func<Task, Task> begin) =>
        containers[container] = begin(containers.GetValueOrDefault(container, whole));

    public Task AddForAll(Func<Task, Task> begin)
    {
        var before = Last;
        containers.Clear();
        return whole = begin(before);
    }

    /// <summary>Nothing came behind this command.</summary>
    public bool EndsWith(Task command) => whole == command && containers.Count == 0;

    /// <summary>Has the starts that are under way, or wait, give up.</summary>
    public void CancelStarts()
    {
        // Not at once: who asks is the owner of the node, and waits for no one's callbacks.
        var cancelled = starting;
        starting = new CancellationTokenSource();
        _ = cancelled.CancelAsync();
    }
}
