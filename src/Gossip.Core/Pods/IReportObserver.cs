using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>A part that hears what the pod runtimes report. Every report goes to each of them in their order; each takes the kinds that it knows.</summary>
interface IReportObserver
{
    void OnReport(PodReport report, Turn turn);
}
