using Gossip.Core.Ports;

namespace Gossip.Core.Turns;

/// <summary>
/// A part that hears what the pod runtimes report. Every report goes to each of them in their order; each takes the kinds that it knows.
/// </summary>
interface IReportObserver
{
    void OnReport(PodReport report, Turn turn);
}
