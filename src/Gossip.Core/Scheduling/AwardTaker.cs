using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>Turns an award into an admission: what was true when the node bid is checked again against what is true now.</summary>
sealed class AwardTaker(
    NodeConfig config, SlotTable slots, IRowWriter writer, Outbox outbox, OwnRoom room, OwnNode node, Reservations reservations,
    Objections objections, Preemptions preemptions)
{
    readonly Books books = room.Books;
    readonly CapacityAnnouncer capacity = room.Capacity;

    public void OnAward(in Award award, NodeId sender, NodeAddress from, Turn turn)
    {
        reservations.Expire(turn);
        var run = award.Run;
        var auction = award.Auction;
        if (books.Find(run) is { IsFirm: true } claim)
        {
            // Said twice. The first verdict may be lost; before it is durable there is none, and it will come.
            if (claim.IsDurable) outbox.Send(from, new Verdict(auction, run, true, ""), turn);
            return;
        }
        if (books.BidFor(award.Asked.Pod) is not { } bid || bid.Run != award.Asked || bid.Auction != auction || bid.Auctioneer != sender
            || !run.Pod.IsLike(bid.Run.Pod))
        {
            outbox.Send(from, new Verdict(auction, run, false, "the bid is over"), turn);
            return;
        }
        books.Remove(bid.Run);
        var why = Recheck(run, bid, sender, turn.Now, out var plan);
        if (why is not null)
        {
            capacity.Changed(turn);
            outbox.Send(from, new Verdict(auction, run, false, why), turn);
            return;
        }
        if (plan is null) Write(books.Admit(run, bid.Template, checkRoom: true), award, from, "", turn);
        else room.Preemptions.Ask(preemptions.CommandFor(run, bid.Template, plan, award, from));
    }

    /// <summary>The victims are being ended: admits the winner behind them.</summary>
    public void AdmitBehind(PreemptionCommand command, Turn turn) =>
        Write(preemptions.AdmitBehind(command), command.Award, command.From, command.Losers, turn);

    /// <summary>Why the pod cannot be admitted any more; null when it can. Its bid is out of the books already.</summary>
    /// <param name="plan">Whom it costs, where it fits only at a cost.</param>
    string? Recheck(PodRun run, Claim bid, NodeId sender, Now now, out PreemptionPlan? plan)
    {
        plan = null;
        var other = books.BidFor(run.Pod); // the round's bid may be for an alike pod, and this pod may have one from another round
        if (objections.To(run, sender, other, now).Why is { } objection) return objection;
        if (other is not null) books.Remove(other.Run);
        var facts = node.Facts(run.Pod);
        var why = Filtering.Check(bid.Template, facts).Reason;
        if (why is null || bid.Evicts is not { } promised || preemptions.Plan(run.Pod, facts) is not { } found) return why;
        if (found.Cost.CompareTo(promised) > 0) return $"would cost more than it bid: {found.Cost}";
        plan = found;
        return null;
    }

    /// <summary>Writes the promise to run a pod: it is durable before the auctioneer hears of it, and before anything starts.</summary>
    /// <param name="losers">At whose cost it was won, for people; empty for nobody's.</param>
    void Write(Claim claim, Award award, NodeAddress from, string losers, Turn turn)
    {
        var (run, template) = (claim.Run, claim.Template);
        capacity.Changed(turn); // even if the bid told it all: whoever awarded has deducted it once more, until the next version comes
        var birth = new AdmissionBirth(config.Card.Id, run, writer.Tick(turn.Now), losers)
        {
            Won = award.Won,
            Devices = claim.Devices,
            Priority = slots.Find(run.Pod) is { } slot ? slots.PriorityOf(slot) : 0,
            KeepsNewest = template.KeepsNewest,
        };
        (string, ReadOnlyMemory<byte>)[] cells =
        [
            (Fields.Birth, AdmissionCodec.Write(birth)),
            (Fields.Status, AdmissionCodec.Write(AdmissionStatus.Admitted)),
        ];
        var auction = award.Auction; // an award is large to be held until then
        writer.Create(RowKind.Admission, cells, turn, (_, later) =>
        {
            claim.IsDurable = true;
            outbox.Send(from, new Verdict(auction, run, true, ""), later);
        });
    }
}
