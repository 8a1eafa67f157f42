using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>Answers asks from the exact books: with a bid, which reserves, or with a refusal, which says why.</summary>
sealed class BidMaker(
    NodeConfig config, SchedulingRules rules, SlotTable slots, Outbox outbox, OwnRoom room, OwnNode node, Reservations reservations,
    Objections objections, Preemptions preemptions)
{
    const string NobodyToEvict = "; evicting pods of lower priority would not help";

    readonly Books books = room.Books;
    readonly CapacityAnnouncer capacity = room.Capacity;
    readonly HostRules hostRules = new();

    /// <summary>The host app's rules answered, or the edge did for those that failed.</summary>
    public void OnHostAnswer(HostAnswer answer, Turn turn)
    {
        capacity.NoteHostFault(answer.Fault, turn);
        if (hostRules.Take(answer.Number) is { } waiting) OnAsk(waiting.Ask, waiting.Sender, waiting.From, turn, answer);
    }

    /// <param name="host">What the host app said of it; null: it was not asked yet.</param>
    public void OnAsk(in Ask ask, NodeId sender, NodeAddress from, Turn turn, HostAnswer? host = null)
    {
        reservations.Expire(turn);
        var run = ask.Run;
        var held = books.BidFor(run.Pod);
        var isOvertaken = held is not null && held.Auctioneer == sender && unchecked((long)(ask.Auction - held.Auction)) < 0;
        if (isOvertaken) return; // on the way, by a later ask
        if (slots.Find(run.Pod) is null && capacity.Unready.Length == 0)
        {
            outbox.Send(from, new Unheard(ask.Auction, run), turn);
            return;
        }
        var objection = objections.To(run, sender, held, turn.Now);
        if (objection.Why is not null)
        {
            Refuse(ask, from, objection, turn);
            return;
        }
        if (held is not null && held.Auction == ask.Auction && held.Run == run && reservations.TryExtend(held, turn)) return;
        if (held is not null) room.Free(held.Run, turn);
        Judge(ask, sender, from, host, turn);
    }

    /// <summary>By the books, and by the host app's rules where there are any.</summary>
    void Judge(in Ask ask, NodeId sender, NodeAddress from, HostAnswer? host, Turn turn)
    {
        var pod = ask.Run.Pod;
        var template = slots.Find(pod)!.Template;
        var facts = node.Facts(pod);
        PreemptionPlan? plan = null;
        if (!Filtering.Passes(template, facts)) // a refusal's words cost more than the look
        {
            var waits = FitsWithoutBids(pod, template);
            plan = ask.MayEvict && !waits ? preemptions.Plan(pod, facts) : null;
            if (plan is null)
            {
                Refuse(ask, from, WhyItDoesNotFit(ask, template, facts, waits, turn.Now), turn);
                return;
            }
            facts = plan.After;
        }
        if (rules.AskHost && host is null)
        {
            if (hostRules.TryAsk(ask, sender, from, template, facts, turn)) return;
            host = HostAnswer.Behind;
        }
        if (host?.Refusal is { } refusal)
        {
            var again = ReferenceEquals(host, HostAnswer.Behind) ? config.Timings.GossipInterval : TimeSpan.Zero;
            Refuse(ask, from, new Objection(refusal, again), turn);
            return;
        }
        Offer(ask, sender, from, template, facts, plan, host, turn);
    }

    void Offer(
        in Ask ask, NodeId sender, NodeAddress from, PodTemplate template, in NodeFacts facts, PreemptionPlan? plan, HostAnswer? host,
        Turn turn)
    {
        // Scored by what is settled. Bids for pods that are called at the same moment would lower each other, and the
        // node that was asked least would win them all.
        var settled = plan is null ? facts with { Free = books.FreeOfBids } : facts;
        var score = rules.Score(template, settled, host?.Score ?? 0, out var parts);
        reservations.Add(new Claim
        {
            Run = ask.Run,
            Template = template,
            Auction = ask.Auction,
            Auctioneer = sender,
            Expires = turn.Monotonic + config.Timings.BidValidity,
            Evicts = plan?.Cost,
        }, turn);
        outbox.Send(from, new Bid(ask.Auction, ask.Run, score, host?.Why ?? "", plan?.Cost, parts), turn);
    }

    /// <summary>Only reservations are in its way, which end by themselves.</summary>
    bool FitsWithoutBids(PodId pod, PodTemplate template) =>
        books.NextExpiry is not null && Filtering.Passes(template, node.FactsWithoutBids(pod));

    Objection WhyItDoesNotFit(in Ask ask, PodTemplate template, in NodeFacts facts, bool waits, Now now)
    {
        var why = Filtering.Check(template, facts).Reason + (ask.MayEvict && !waits ? NobodyToEvict : "");
        if (waits) return new Objection(why, books.NextExpiry!.Value - now.Monotonic);
        // Where only rules between pods are in the way, the other pod may be about to go, or is not known of here yet.
        var isCrowded = facts.Around.Rules is { IsHard: true } && Filtering.Passes(template, facts with { Around = default });
        return new Objection(why, isCrowded ? config.Timings.GossipInterval : TimeSpan.Zero);
    }

    void Refuse(in Ask ask, NodeAddress from, in Objection objection, Turn turn)
    {
        var run = ask.Run;
        var announced = capacity.Announced;
        var milliseconds = (int)Math.Ceiling(Math.Max(0, objection.Again.TotalMilliseconds));
        var next = slots.Find(run.Pod) is { } slot && run.Epoch < slot.NextEpoch ? slot.NextEpoch : Epoch.None;
        outbox.Send(from, new Refusal(ask.Auction, run, announced.Boot, announced.Version, milliseconds, objection.Why!, next), turn);
    }
}
