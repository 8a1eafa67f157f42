using Gossip.Core.Ports;

namespace Gossip.Node.Runtimes;

/// <summary>What one runtime reports, on its way to the core: held back, in order, until the survivors are reported.</summary>
/// <param name="hear">Told of each before the core is, which hears what it makes of it.</param>
sealed class RuntimeReports(Task survivorsTold, IPodReports then, Func<PodReport, PodReport> hear) : IPodReports
{
    readonly Lock gate = new();
    readonly List<PodReport> early = [];
    bool through;

    public void Report(PodReport report)
    {
        report = hear(report);
        lock (gate)
        {
            if (through)
            {
                then.Report(report);
                return;
            }
            early.Add(report);
            if (early.Count > 1) return;
        }
        survivorsTold.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    void Release()
    {
        lock (gate)
        {
            foreach (var report in early) then.Report(report);
            early.Clear();
            through = true;
        }
    }
}
