using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>Subjects of <see cref="NodeTimerKind.PodTick"/>: what the node looks at for all its pods together.</summary>
static class PodTicks
{
    public const ulong SyncWaitOver = 0, TellDue = 1, JudgeDue = 2, DependenciesDue = 3, RecheckDue = 4;

    public static NodeTimer For(ulong subject) => new(NodeTimerKind.PodTick, subject);
}
