using System.Threading.Channels;
using Gossip.Core.Ports;

namespace Gossip.Node.Tests.Runtimes;

/// <summary>Reports in the order in which they came, to be awaited.</summary>
sealed class PodReports : IPodReports
{
    readonly Channel<PodReport> reports = Channel.CreateUnbounded<PodReport>();

    public void Report(PodReport report) => reports.Writer.TryWrite(report);
    public Task<PodReport> NextAsync() => reports.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
