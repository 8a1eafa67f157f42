using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Making room for a pod of greater priority. A bid says what it would cost and holds nothing. The award looks anew, has the victims
/// ended gracefully, and admits the pod at once behind them: both count in the books, so nobody gets in between, and the pod
/// starts when the runtime says that nothing of the victims is left.
/// </summary>
sealed class Preemptions(NodeConfig config, SlotTable slots, OwnRoom room)
{
    /// <summary>
    /// The priority of what stays whoever comes: its admission is still being written, nobody can end it, or the newcomer depends on it.
    /// </summary>
    const int Unmoved = int.MaxValue;

    readonly Books books = room.Books;
    readonly List<Tenant> tenants = []; // of the last look, so that the next needs no list of its own

    /// <summary>Whom it would cost to have the pod here; null when nobody's leaving would help, or the pod may not ask for it.</summary>
    public PreemptionPlan? Plan(PodId pod, in NodeFacts facts)
    {
        if (slots.Find(pod) is not { } slot || !slots.MayPreempt(slot)) return null;
        return VictimSelection.Select(slot.Template, slots.PriorityOf(slot), config.Card.Id, facts, Tenants(slot));
    }

    public PreemptionCommand CommandFor(PodRun run, PodTemplate template, PreemptionPlan plan, Award award, NodeAddress from)
    {
        var by = slots.Find(run.Pod) is { } slot
            ? $"{slot.Workload.Namespace}/{slot.Name} of priority {slots.PriorityOf(slot)}"
            : run.ToString();
        return new PreemptionCommand(run, [.. plan.Victims.Select(victim => victim.Run)], $"by {by}, which fits nowhere else")
        {
            Template = template,
            Devices = template.Device is { } request ? plan.After.Free.Devices.Choose(request) : null,
            Losers = Losers(plan),
            Award = award,
            From = from,
        };
    }

    /// <summary>Takes the winner into the books, behind the victims and behind others that leave as well.</summary>
    public Claim AdmitBehind(PreemptionCommand command)
    {
        var leaving = new List<PodRun>();
        foreach (var claim in books.Firm)
            if (claim.IsLeaving && CanEnd(claim)) leaving.Add(claim.Run);
        return books.AdmitAfter(command.By, command.Template, command.Devices, leaving);
    }

    List<Tenant> Tenants(Slot newcomer)
    {
        tenants.Clear();
        foreach (var claim in books.Firm)
        {
            var slot = slots.Find(claim.Run.Pod);
            var admission = slot is null || !CanEnd(claim) ? null : OwnAdmission(slot.Admissions, claim.Run);
            if (admission is null || Dependencies.Serves(slot!, newcomer, slots))
                tenants.Add(new Tenant(claim.Run, claim.Template, Unmoved, Stamp.Zero)
                {
                    Devices = claim.Devices,
                    IsLeaving = claim.IsLeaving && CanEnd(claim),
                });
            else
                tenants.Add(Tenant.Of(admission, slot!, claim.IsLeaving) with
                {
                    Template = claim.Template,
                    Devices = claim.Devices,
                    Priority = admission.Priority,
                });
        }
        return tenants;
    }

    /// <summary>While an engine is gone nobody can end what it runs.</summary>
    bool CanEnd(Claim claim) =>
        room.Capacity.LostRuntimes is not { Length: > 0 } lost || !Capacity.IsAmong(lost, claim.Template.RuntimeClass);

    Admission? OwnAdmission(ImmutableArray<Admission> admissions, PodRun run)
    {
        foreach (var admission in admissions)
            if (admission.Node == config.Card.Id && admission.Run == run) return admission;
        return null;
    }

    /// <summary>At whose cost it was won.</summary>
    string Losers(PreemptionPlan plan)
    {
        if (plan.Victims.IsEmpty) return "";
        return $"evicting {string.Join(", ", plan.Victims.Select(victim => slots.Find(victim.Run.Pod)?.Name ?? victim.Run.ToString()))}";
    }
}
