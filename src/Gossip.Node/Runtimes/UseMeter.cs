using System.Diagnostics;
using Gossip.Core.Ports;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Looks every few seconds at what the pods of one runtime use of the machine, and reports it. The core decides what follows.
/// </summary>
sealed class UseMeter(IPodRuntime runtime, IPodReports reports)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>While something is short: until the next look, whoever takes it goes on taking.</summary>
    static readonly TimeSpan EveryUnderPressure = TimeSpan.FromSeconds(1);

    /// <summary>Large volumes take long to walk: a twentieth of the time is enough for it.</summary>
    const int Rest = 20;

    /// <summary>Ends when cancelled, or at once for a runtime that has nothing to measure.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var started = Stopwatch.GetTimestamp();
            var processes = ProcessRooms.Read();
            if (await runtime.MeasureAsync(processes.IsLow, cancel).ConfigureAwait(false) is not { } use) return;
            reports.Report(new MachineUsed(runtime.Classes[0], use, processes));
            var pause = use.Disk.IsLow || processes.IsLow ? EveryUnderPressure : Every;
            var took = Stopwatch.GetElapsedTime(started);
            await Task.Delay(took * Rest > pause ? took * Rest : pause, cancel).ConfigureAwait(false);
        }
    }
}
