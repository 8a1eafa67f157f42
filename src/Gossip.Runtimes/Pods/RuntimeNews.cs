using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Pods;

/// <summary>What the parts of a runtime tell the core and whoever watches the node.</summary>
sealed class RuntimeNews(Action<NodeNote>? note)
{
    IPodReports? core;

    /// <summary>Says where reports go; once, before there is anything to report.</summary>
    public void GoTo(IPodReports reports)
    {
        Check.That(core is null);
        core = reports;
    }

    public void Report(PodReport report)
    {
        Check.That(core is not null); // AdoptAsync comes first
        core.Report(report);
    }

    public void Note(NoteLevel level, string happened, string subject, string detail) =>
        note?.Invoke(new NodeNote(level, happened, subject, detail));

    public static WallTime Now() => new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}
