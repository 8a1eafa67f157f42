using System.Collections.Concurrent;

namespace Gossip.Node.Tests.Hosting;

/// <summary>A workload that keeps book of what runs where, and of every moment at which a copy ran twice.</summary>
sealed class Copies
{
    readonly ConcurrentDictionary<(int Ordinal, string Node), WorkloadContext> running = [];
    int overlaps;

    /// <summary>Copies that run now, by their hosts.</summary>
    public IReadOnlyDictionary<string, int> ByNode =>
        running.Keys.GroupBy(copy => copy.Node, StringComparer.Ordinal).ToDictionary(node => node.Key, node =>
            node.Count(), StringComparer.Ordinal);

    public int Count => running.Count;

    /// <summary>How often a copy began while it ran elsewhere.</summary>
    public int Overlaps => Volatile.Read(ref overlaps);

    public IEnumerable<WorkloadContext> Running => running.Values;

    public Task RunAsync(WorkloadContext context, CancellationToken stop) => RunAsync(context, stop, TimeSpan.Zero);

    /// <param name="cleanUp">How long it takes to end.</param>
    public async Task RunAsync(WorkloadContext context, CancellationToken stop, TimeSpan cleanUp)
    {
        if (running.Keys.Any(other => other.Ordinal == context.Ordinal)) Interlocked.Increment(ref overlaps);
        running[(context.Ordinal, context.Node)] = context;
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        finally
        {
            await Task.Delay(cleanUp, CancellationToken.None);
            running.TryRemove((context.Ordinal, context.Node), out _);
        }
    }

    /// <summary>Until what runs is so, within a bound for broken code.</summary>
    public async Task UntilAsync(Func<Copies, bool> isSo, double seconds = 60)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !isSo(this); await Task.Delay(20))
            if (DateTime.UtcNow > until) throw new TimeoutException($"not so within {seconds} s: {ToString()}");
    }

    public override string ToString() =>
        string.Join(", ", running.Keys.OrderBy(copy => copy.Ordinal).Select(copy => $"{copy.Ordinal} on {copy.Node}"));
}
