using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Pods that have to leave this node: evicted by somebody, or driven out by a NoExecute taint, at once or after the time for
// which they tolerate it. (Source of the rules: Kubernetes' taint-eviction controller.)
sealed partial class PodKeeper
{
    /// <summary>Reasons in a status, as Kubernetes has them.</summary>
    internal const string IsEvicted = "EvictionByEvictionAPI", IsTaintedOut = PodReasons.TaintedOut, IsMoved = "Rebalanced";

    NodeSettings? seenSettings;
    ImmutableArray<Taint> evicting = []; // the node's NoExecute taints

    /// <summary>The cordon that goes with most evictions may not have been heard of here: until it must have been, no bid for the next run.</summary>
    void NoteEvicted(KeptPod pod, Now now)
    {
        (pod.Reason, pod.Message) = pod.MovesWhy is { } why ? (IsMoved, why) : (IsEvicted, "Eviction API: evicting");
        if (members.Live.Length > 1) bidder.HoldBack(pod.Run.Pod, now.Monotonic + Patience);
    }

    /// <summary>If it is evicted now, then because of this; null takes it back.</summary>
    internal void NoteMove(PodRun run, string? why)
    {
        if (kept.TryGetValue(run, out var pod)) pod.MovesWhy = why;
    }

    /// <summary>At the end of a turn: the node's taints may be others now.</summary>
    void WatchTaints(Turn turn)
    {
        var settings = slots.SettingsOf(self);
        if (ReferenceEquals(settings, seenSettings)) return;
        seenSettings = settings;
        var before = evicting;
        evicting = [.. settings.Taints.Where(taint => taint.Effect == TaintEffect.NoExecute)];
        if (before.SequenceEqual(evicting)) return;
        foreach (var pod in kept.Values.ToArray()) Advance(pod, turn);
    }

    /// <summary>True when the pod leaves, now, because of a taint.</summary>
    bool TryTaintOut(KeptPod pod, Turn turn)
    {
        if (evicting.IsEmpty)
        {
            pod.TaintedSince = null;
            return false;
        }
        if (pod.Row is null || pod.Stage is PodStage.Finished or PodStage.Stopping) return false;
        var patience = TimeSpan.MaxValue;
        var of = evicting[0];
        foreach (var taint in evicting)
        {
            var tolerated = pod.Template.ToleratedFor(taint);
            if (tolerated >= patience) continue;
            (patience, of) = (tolerated, taint);
        }
        if (patience == TimeSpan.MaxValue)
        {
            pod.TaintedSince = null;
            return false;
        }
        pod.TaintedSince ??= turn.Monotonic;
        var due = pod.TaintedSince.Value + patience;
        if (turn.Monotonic < due)
        {
            pod.LookAt(due);
            return false;
        }
        pod.Draining = true;
        (pod.Reason, pod.Message) = (IsTaintedOut, patience == TimeSpan.Zero ? $"taint {of} is not tolerated" : $"taint {of} is tolerated for {patience.TotalSeconds:0.###} s, which are over");
        Stop(pod, turn);
        return true;
    }
}
