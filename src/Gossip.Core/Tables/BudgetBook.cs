using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// Every PodDisruptionBudget with how it stands by the merged tables. Each pod that comes, goes or turns moves the counts
/// of the budgets that select it, so a look costs nothing and a cluster without budgets pays nothing. (Source: Kubernetes'
/// disruption controller and its eviction subresource; the counts are kept here instead of in a status that lags.)
/// </summary>
sealed class BudgetBook : ITableObserver
{
    readonly IMemberList members;
    readonly SlotSet<PodId> slots;
    readonly SortedDictionary<Uid, Budget> budgets = [];

    internal BudgetBook(IMemberList members, SlotSet<PodId> slots)
    {
        this.members = members;
        this.slots = slots;
    }

    /// <summary>In order of uid.</summary>
    public IEnumerable<Budget> All => budgets.Values;

    /// <summary>Those that select a pod, in order of uid.</summary>
    public static ImmutableArray<Budget> Of(Slot slot) => slot.Budgets.By;

    /// <summary>
    /// Whether a pod may be disrupted now, by the rules of Kubernetes' eviction: what does not run may always go; what runs and is
    /// not ready may go while the budget is met without it, or as its policy says; what is ready takes one of the
    /// disruptions that are left.
    /// </summary>
    /// <param name="doubtful">How many of the healthy ones are not to be counted upon.</param>
    public DisruptionVerdict Judge(Slot slot, int doubtful = 0)
    {
        var by = slot.Budgets.By;
        var first = PodJudge.First(slot, members);
        if (by.IsEmpty || first?.Status.Phase is not PodPhase.Running) return new(DisruptionAnswer.Allowed, false, null);
        if (by.Length > 1) return new(DisruptionAnswer.Ambiguous, false, by[0]);
        var budget = by[0];
        var status = budget.Status with { CurrentHealthy = budget.Status.CurrentHealthy - doubtful };
        var mayGo = status.DisruptionsAllowed > 0;
        if (!slot.Budgets.IsHealthy) mayGo |= budget.Says.AlwaysAllowsUnhealthy || status.CurrentHealthy >= status.DesiredHealthy && status.DesiredHealthy > 0;
        return new(mayGo ? DisruptionAnswer.Allowed : DisruptionAnswer.Forbidden, slot.Budgets.IsHealthy, budget);
    }

    /// <summary>A budget came, changed or went.</summary>
    public void OnObject(in ObjectChange change)
    {
        if (change.Role != KindRole.Budget) return;
        var changed = change.Object;
        if (change.IsGone || changed.IsDeleting || changed.NameConflict)
        {
            if (budgets.Remove(changed.Uid)) Recount(changed.Name.Namespace);
            return;
        }
        var says = DisruptionBudget.Read(changed.Json);
        if (!budgets.TryGetValue(changed.Uid, out var budget)) budgets.Add(changed.Uid, new Budget(changed.Uid, changed.Name, says));
        else budget.Says = says;
        Recount(changed.Name.Namespace);
    }

    public void OnFacts(Slot slot)
    {
        if (budgets.Count == 0) return;
        var before = slot.Budgets;
        Count(slot, before with { Template = slot.Template, By = ReferenceEquals(before.Template, slot.Template) ? before.By : BudgetsOf(slot) });
    }

    /// <summary>One that comes is counted with its first facts.</summary>
    public void OnSlot(Slot? before, Slot? after)
    {
        if (before is not null) Detach(before);
    }

    internal static void Detach(Slot slot)
    {
        Add(slot.Budgets, -1);
        slot.Budgets = BudgetShare.None;
    }

    void Recount(string @namespace)
    {
        foreach (var slot in slots)
            if (string.Equals(slot.Workload.Namespace, @namespace, StringComparison.Ordinal)) Count(slot, new BudgetShare(slot.Template, BudgetsOf(slot), false, false));
    }

    void Count(Slot slot, BudgetShare now)
    {
        Add(slot.Budgets, -1);
        var isExpected = slot.IsDesired && !slot.Succeeded;
        slot.Budgets = now with { IsExpected = isExpected, IsHealthy = isExpected && !now.By.IsEmpty && PodJudge.First(slot, members) is { Status: { Ready: true } } };
        Add(slot.Budgets, 1);
    }

    static void Add(in BudgetShare share, int sign)
    {
        foreach (var budget in share.By)
        {
            if (share.IsExpected) budget.Expected += sign;
            if (share.IsHealthy) budget.Healthy += sign;
        }
    }

    ImmutableArray<Budget> BudgetsOf(Slot slot)
    {
        ImmutableArray<Budget>.Builder? found = null;
        foreach (var budget in budgets.Values)
            if (budget.Selects(slot.Workload.Namespace, slot.Template.Labels)) (found ??= ImmutableArray.CreateBuilder<Budget>()).Add(budget);
        return found?.DrainToImmutable() ?? [];
    }
}

/// <summary>Which budgets count a slot, and as what they have counted it.</summary>
/// <param name="Template">Whose labels were looked at.</param>
readonly record struct BudgetShare(PodTemplate? Template, ImmutableArray<Budget> By, bool IsExpected, bool IsHealthy)
{
    public static readonly BudgetShare None = new(null, [], false, false);
}
