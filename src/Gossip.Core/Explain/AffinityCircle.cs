using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Explain;

/// <summary>
/// Pods that must be beside pods that must be beside them: none can be the first, in Kubernetes neither. From the pod on
/// follows whom each waits for; those are free who wait for nobody, or for somebody who is free, and if the pod is not
/// among them the way leads round a circle, or to pods that nobody wants.
/// </summary>
static class AffinityCircle
{
    /// <summary>Templates that are followed. A greater knot is not claimed to be one.</summary>
    const int Most = 64;

    /// <summary>In words; null when the pod's company may still come.</summary>
    public static string? Of(Slot slot, IEnumerable<Slot> slots)
    {
        if (!Waits(slot)) return null;
        // One pod stands for all of its template: the first by name.
        var pending = new Dictionary<PodTemplate, Slot>(ReferenceEqualityComparer.Instance) { [slot.Template] = slot };
        foreach (var other in slots.Where(other => other is { IsDesired: true, Rules: not null, Succeeded: false, Places.IsEmpty: true }).OrderBy(other => other.Name, StringComparer.Ordinal))
            pending.TryAdd(other.Template, other);
        List<Slot> met = [slot];
        var company = new List<int[]>(); // of each one met, as indices into them
        for (var i = 0; i < met.Count; i++)
        {
            if (met.Count > Most) return null;
            company.Add([.. Waits(met[i]) ? pending.Values.Where(other => WouldDo(other, met[i])).ToArray().Select(IndexOf) : []]);
        }
        var free = met.ConvertAll(one => !Waits(one));
        for (var moved = true; moved;)
        {
            moved = false;
            for (var i = 0; i < met.Count; i++)
                if (!free[i] && company[i].Any(other => free[other])) moved = free[i] = true;
        }
        return free[0] ? null : Told(met, company);

        int IndexOf(Slot other)
        {
            if (met.IndexOf(other) is >= 0 and var at) return at;
            met.Add(other);
            return met.Count - 1;
        }
    }

    static string Told(List<Slot> met, List<int[]> company)
    {
        var path = new List<int> { 0 };
        while (company[path[^1]] is [var next, ..])
        {
            var isClosed = path.Contains(next);
            path.Add(next);
            if (isClosed) return $"required pod affinities go in a circle, and none of these can be the first: {Words()}";
        }
        return $"required pod affinity speaks of pods that nobody wants: {Words()} waits for pods {met[path[^1]].Rules!.Affinity[0]}";

        string Words() => string.Join(" waits for ", path.Select(at => $"{met[at].Workload.Namespace}/{met[at].Name}"));
    }

    /// <summary>It must have company, nobody of that kind is placed, and it is not of that kind itself.</summary>
    static bool Waits(Slot slot) =>
        slot.Rules is { Affinity.Length: > 0, DrawsItself: false } rules && rules.Affinity[0].Total == 0;

    static bool WouldDo(Slot other, Slot waiting) =>
        waiting.Rules!.Affinity[0].SpeaksOf(other.Template, other.Workload.Namespace);
}
