using Gossip.Core.Ports;

namespace Gossip.Tests.Runtimes;

/// <summary>Everything a runtime reported, in order, and a way to await what it has yet to.</summary>
public sealed class Reports : IPodReports
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a bound for broken code, not a measure

    readonly Lock gate = new();
    readonly List<PodReport> all = [];
    TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Report(PodReport report)
    {
        lock (gate)
        {
            all.Add(report);
            arrived.SetResult();
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public IReadOnlyList<PodReport> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    /// <summary>The first report, past or to come, of this type that fits.</summary>
    public async Task<T> Await<T>(Func<T, bool>? fits = null) where T : PodReport
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (all.OfType<T>().FirstOrDefault(fits ?? (_ => true)) is { } found) return found;
                next = arrived.Task;
            }
            try
            {
                await next.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no {typeof(T).Name} came; there were: {string.Join("; ", All)}");
            }
        }
    }
}
