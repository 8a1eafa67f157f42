using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Pods;

namespace Gossip.Core.Ports;

/// <summary>
/// What turns admitted pods into something that runs. Decisions (restarts, back-off, order) are the core's; a
/// runtime does as told and reports. Every implementation passes <c>PodRuntimeContract</c>.
/// </summary>
/// <remarks>
/// Thread-safe: commands for different pods may come at once, those for one pod come one after another. A method
/// does not throw for what the world does; it reports. Only ports speak of tasks: the core never sees one.
/// </remarks>
public interface IPodRuntime : IAsyncDisposable
{
    /// <summary>The runtime class it serves; see <see cref="RuntimeNames"/>.</summary>
    string Name { get; }

    /// <summary>
    /// Finds what still runs from an earlier life of this node and watches it again. Called once, before any command.
    /// </summary>
    /// <param name="reports">
    /// Where every later report goes, from any thread. A survivor may end, and say so, before this returns: the
    /// driver passes on <see cref="PodsSurvived"/> before any other report.
    /// </param>
    Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel);

    Task PrepareAsync(PodLaunch launch, CancellationToken cancel);
    Task StartContainerAsync(PodRun pod, string container, int attempt, CancellationToken cancel);
    Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel);
}

/// <summary>Takes reports in the order in which they happen to one pod.</summary>
public interface IPodReports
{
    void Report(PodReport report);
}
