using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>A pod that is on a node, as preemption sees it.</summary>
/// <param name="Priority">With which it was admitted.</param>
/// <param name="Since">When it was admitted.</param>
readonly record struct Tenant(PodRun Run, PodTemplate Template, int Priority, Stamp Since)
{
    public DeviceGrant? Devices { get; init; }

    /// <summary>It is on its way out already, whoever asked for that: its room will be free without a victim.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Those that select it.</summary>
    public ImmutableArray<Budget> Budgets { get; init; } = [];

    /// <summary>Where rules between pods count it; null when no rule speaks of it.</summary>
    internal Slot? Slot { get; init; }

    /// <summary>A node's pods by the merged tables: exactly for the node itself, by hearsay for others. Without those that ended.</summary>
    public static List<Tenant> Of(SlotTable slots, NodeId node)
    {
        var tenants = new List<Tenant>();
        foreach (var admission in slots.AdmissionsOf(node))
            if (Counts(admission) && slots.Find(admission.Run.Pod) is { } slot)
                tenants.Add(Of(admission, slot, admission.Status.Draining || PodJudge.IsOver(slot, admission.Run.Epoch)));
        return tenants;
    }

    /// <summary>It has not ended, so that it has its room.</summary>
    internal static bool Counts(Admission admission) => admission.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed);

    internal static Tenant Of(Admission admission, Slot slot, bool isLeaving) => new(admission.Run, slot.Template, admission.Priority, admission.AdmittedAt)
    {
        Devices = admission.Devices,
        IsLeaving = isLeaving,
        Budgets = BudgetBook.Of(slot),
        Slot = slot.Rules is null ? null : slot,
    };

    /// <summary>The more important first: greater priority, then admitted earlier, then by id.</summary>
    public static int ByImportance(in Tenant a, in Tenant b)
    {
        if (a.Priority != b.Priority) return b.Priority.CompareTo(a.Priority);
        var bySince = a.Since.CompareTo(b.Since);
        if (bySince != 0) return bySince;
        var byPod = a.Run.Pod.CompareTo(b.Run.Pod);
        return byPod != 0 ? byPod : a.Run.Epoch.CompareTo(b.Run.Epoch);
    }

    /// <summary>What it costs others when these go.</summary>
    public static PreemptionCost Cost(ImmutableArray<Tenant> victims, int violations)
    {
        if (victims.IsEmpty) return PreemptionCost.None;
        var (greatest, sum, since) = (victims[0].Priority, 0L, victims[0].Since);
        foreach (ref readonly var victim in victims.AsSpan())
        {
            sum += (long)victim.Priority - int.MinValue;
            if (victim.Priority > greatest || victim.Priority == greatest && victim.Since.CompareTo(since) < 0) (greatest, since) = (victim.Priority, victim.Since);
        }
        return new PreemptionCost(violations, greatest, sum, victims.Length, since);
    }
}
