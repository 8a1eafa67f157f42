using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

// Making room for a pod of greater priority. Its bid says whom it would cost and holds nothing; the award looks anew, ends the
// victims gracefully, and admits the pod at once behind them: in the books both count, so that nobody gets in between, and
// the pod starts when the runtime says that nothing of them is left.
sealed partial class Bidder
{
    const string NobodyToEvict = "; evicting pods of lower priority would not help";

    readonly List<Tenant> tenants = []; // of the last look, so that the next needs no list of its own

    PreemptionCommand? preemption; // of the message that is being handled

    /// <summary>
    /// The preemption that the last award asked for, once; null when there is none. Whoever takes it ends the victims and then
    /// calls <see cref="AdmitBehind"/>, before any other message is handled: so nobody else gets the room meanwhile.
    /// </summary>
    internal PreemptionCommand? TakePreemption()
    {
        var taken = preemption;
        preemption = null;
        return taken;
    }

    /// <summary>It is being ended: its room is free before long.</summary>
    internal void Leaves(PodRun run)
    {
        if (books.Find(run) is { } claim) claim.IsLeaving = true;
    }

    /// <summary>It is admitted to room that others still have.</summary>
    internal bool WaitsForRoom(PodRun run) => books.Find(run) is { WaitsFor.Count: > 0 };

    /// <summary>Whom it would cost to have the pod here; null when nobody's leaving would help, or the pod may not ask for it.</summary>
    PreemptionPlan? Plan(PodId pod, in NodeFacts facts)
    {
        if (slots.Find(pod) is not { } slot || !slots.MayPreempt(slot)) return null;
        return VictimSelection.Select(slot.Template, slots.PriorityOf(slot), self, facts, Tenants(slot));
    }

    /// <summary>Of a pod whose admission is still being written, that nobody can end, or that the newcomer depends on: it stays whoever comes.</summary>
    const int Unmoved = int.MaxValue;

    List<Tenant> Tenants(Slot newcomer)
    {
        tenants.Clear();
        foreach (var claim in books.Firm)
        {
            var slot = slots.Find(claim.Run.Pod);
            var admission = slot is null || !CanEnd(claim) ? null : OwnAdmission(slot.Admissions, claim.Run);
            if (admission is not null && !Dependencies.Serves(slot!, newcomer, slots)) tenants.Add(Tenant.Of(admission, slot!, claim.IsLeaving) with
            {
                Template = claim.Template,
                Devices = claim.Devices,
                Priority = config.Planted == PlantedBug.PriorityIgnored ? int.MinValue : admission.Priority,
            });
            else tenants.Add(new Tenant(claim.Run, claim.Template, Unmoved, Stamp.Zero) { Devices = claim.Devices, IsLeaving = claim.IsLeaving && CanEnd(claim) });
        }
        return tenants;
    }

    /// <summary>While an engine is gone nobody can end what it runs.</summary>
    bool CanEnd(Claim claim) => lost.Length == 0 || !Capacity.IsAmong(lost, claim.Template.RuntimeClass);

    Admission? OwnAdmission(System.Collections.Immutable.ImmutableArray<Admission> admissions, PodRun run)
    {
        foreach (var admission in admissions)
            if (admission.Node == self && admission.Run == run) return admission;
        return null;
    }

    PreemptionCommand PreemptionFor(PodRun run, PodTemplate template, PreemptionPlan plan, Award award, NodeAddress from)
    {
        var by = slots.Find(run.Pod) is { } slot ? $"{slot.Workload.Namespace}/{slot.Name} of priority {slots.PriorityOf(slot)}" : run.ToString();
        return new PreemptionCommand(run, [.. plan.Victims.Select(victim => victim.Run)], $"by {by}, which fits nowhere else")
        {
            Template = template,
            Devices = template.Device is { } request ? plan.After.Free.Devices.Choose(request) : null,
            Losers = Losers(plan),
            Award = award,
            From = from,
        };
    }

    /// <summary>The victims are being ended: admits the pod to their room, and to that of others who leave as well.</summary>
    internal void AdmitBehind(PreemptionCommand command, Turn turn)
    {
        var leaving = new List<PodRun>();
        foreach (var claim in books.Firm)
            if (claim.IsLeaving && CanEnd(claim)) leaving.Add(claim.Run);
        Write(books.AdmitAfter(command.By, command.Template, command.Devices, leaving), command.Award, command.From, command.Losers, turn);
    }

    /// <summary>At whose cost it was won.</summary>
    string Losers(PreemptionPlan plan)
    {
        if (plan.Victims.IsEmpty) return "";
        return $"evicting {string.Join(", ", plan.Victims.Select(victim => slots.Find(victim.Run.Pod)?.Name ?? victim.Run.ToString()))}";
    }
}
