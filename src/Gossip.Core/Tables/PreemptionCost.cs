using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// What a bid costs others. Of two the lesser is better: fewer budgets violated, then the greatest victim of lower priority,
/// the smaller sum of priorities, fewer victims, and the most important victims admitted later: kube-scheduler's order of
/// nodes for preemption.
/// </summary>
/// <param name="Violations">Victims beyond what their disruption budgets allow.</param>
/// <param name="Greatest">Priority of the most important victim; the least there is when there is no victim.</param>
/// <param name="Sum">Of the victims' priorities, each counted from the least there is, so that a victim more never makes it smaller.</param>
/// <param name="Since">When the first of the most important victims was admitted.</param>
public sealed record PreemptionCost(int Violations, int Greatest, long Sum, int Victims, Stamp Since) : IComparable<PreemptionCost>
{
    /// <summary>Nobody has to go: only those who are going already.</summary>
    public static readonly PreemptionCost None = new(0, int.MinValue, 0, 0, Stamp.Zero);

    /// <inheritdoc/>
    public int CompareTo(PreemptionCost? other)
    {
        if (other is null) return 1;
        if (Violations != other.Violations) return Violations.CompareTo(other.Violations);
        if (Greatest != other.Greatest) return Greatest.CompareTo(other.Greatest);
        if (Sum != other.Sum) return Sum.CompareTo(other.Sum);
        if (Victims != other.Victims) return Victims.CompareTo(other.Victims);
        return other.Since.CompareTo(Since);
    }

    /// <summary>For people.</summary>
    public override string ToString() => Victims == 0 ? "waits for pods that end" : string.Create(CultureInfo.InvariantCulture,
        $"evicts {Victims} {(Victims == 1 ? "pod" : "pods")} of priority {Greatest}{(Victims == 1 ? "" : " at most")}{(Violations == 0 ? "" : $", {Violations} against a budget")}");
}
