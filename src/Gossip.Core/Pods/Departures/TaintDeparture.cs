using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// A NoExecute taint of the node drives out the pods that do not tolerate it, at once or after the time for which they do.
/// (Source of the rules: Kubernetes' taint-eviction controller.)
/// </summary>
sealed class TaintDeparture(SlotTable slots, NodeId self) : IDeparture
{
    readonly Dictionary<KeptPod, Instant> toleratedSince = []; // looked up only
    NodeSettings? seen;
    ImmutableArray<Taint> evicting = []; // the node's NoExecute taints

    /// <summary>Looks at the node's settings. True when other taints evict than before, so that every pod is to be looked at.</summary>
    public bool HasChanged()
    {
        var settings = slots.SettingsOf(self);
        if (ReferenceEquals(settings, seen)) return false;
        seen = settings;
        var before = evicting;
        evicting = [.. settings.Taints.Where(taint => taint.Effect == TaintEffect.NoExecute)];
        return !before.SequenceEqual(evicting);
    }

    public Departure? Judge(KeptPod pod, Turn turn)
    {
        if (evicting.IsEmpty)
        {
            toleratedSince.Remove(pod);
            return null;
        }
        if (pod.Admission.Row is null || pod.IsEnding) return null;
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
            toleratedSince.Remove(pod);
            return null;
        }
        if (!toleratedSince.TryGetValue(pod, out var since)) toleratedSince.Add(pod, since = turn.Monotonic);
        var due = since + patience;
        if (turn.Monotonic >= due)
            return new Departure(PodReasons.TaintedOut, patience == TimeSpan.Zero
                ? $"taint {of} is not tolerated"
                : $"taint {of} is tolerated for {patience.TotalSeconds:0.###} s, which are over");
        pod.Alarm.LookAt(due);
        return null;
    }

    public void Forget(KeptPod pod) => toleratedSince.Remove(pod);
}
