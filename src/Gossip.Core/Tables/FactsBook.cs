using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// The facts of every pod that has any. A pod's slot holds its own; here are those of pods that no slot is derived for, yet or
/// any more, which are few: what there is for each placed pod is in every node's memory, so it is kept under one key.
/// </summary>
sealed class FactsBook(SlotSet<PodId> slots)
{
    readonly Dictionary<PodId, PodFacts> strays = [];

    /// <summary>Null when no row speaks of the pod.</summary>
    public PodFacts? Find(PodId pod) => slots.Find(pod) is { } slot ? slot.Facts : strays.GetValueOrDefault(pod);

    /// <summary>Made where there are none, for a row to be put in.</summary>
    public PodFacts Of(PodId pod)
    {
        if (slots.Find(pod) is { } slot) return slot.Facts ??= new PodFacts();
        if (!strays.TryGetValue(pod, out var stray)) strays.Add(pod, stray = new PodFacts());
        return stray;
    }

    /// <summary>A slot is derived whose rows were here before it, or none.</summary>
    public void Join(Slot slot)
    {
        if (strays.Remove(slot.Id, out var facts)) slot.Facts = facts;
    }

    /// <summary>Its slot is gone, and is in the table no more; the rows are not.</summary>
    public void Part(Slot slot)
    {
        if (slot.Facts is { IsEmpty: false } facts) strays.Add(slot.Id, facts);
    }

    /// <summary>The last row of a pod without a slot is gone.</summary>
    public void Drop(PodId pod) => strays.Remove(pod);
}
