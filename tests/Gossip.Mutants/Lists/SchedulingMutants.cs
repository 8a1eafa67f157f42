namespace Gossip.Mutants.Lists;

/// <summary>Auctions, bids and books; leases and budgets.</summary>
internal static class SchedulingMutants
{
    public static readonly Mutant[] List =
    [
        new("an award is not checked again", "Scheduling/AwardTaker.Recheck",
            "Filtering.Check(bid.Template, facts).Reason", "(string?)null"),
        new("a bid holds nothing", "Scheduling/Reservations.Add", "books.Reserve(bid);", ""),
        new("a reservation outlives its time", "Scheduling/Reservations.Expire", "books.Expire(turn.Monotonic)", "false"),
        new("a freed room is not told", "Scheduling/OwnRoom.Free", "Capacity.Changed(turn);", ";"),
        new("an adopted pod's room is not told", "Scheduling/OwnRoom.Adopt", "Capacity.Changed(turn);", ""),
        new("nobody looks at a victim's own priority", "Scheduling/Preemptions.Tenants",
            "Priority = admission.Priority", "Priority = int.MinValue"),
        new("an ask looks at no host ports", "Scheduling/OwnNode.Facts", "ports", "null"),
        new("cpu is not counted", "Scheduling/Filters/ResourceFilter.Fits", "Lacks(asked.Cpu.Value, free.Cpu.Value)", "false"),
        new("devices of adopted pods do not count", "Scheduling/OwnRoom.Adopt", "template.Device is null ? null : devices", "null"),
        new("an award is said once", "Scheduling/Awards.OnAwardDeadline",
            "var left = auction.Round.FirstBid!.Value + Ends - turn.Monotonic;",
            "var left = auction.Round.FirstBid!.Value + Ends - turn.Monotonic; if (left != default) return;"),
        new("a bid wins twice", "Scheduling/Awards.AwardBest", "best.Win(auction.Turn);", ""),
        new("the first bid wins", "Scheduling/Answers.OnBid",
            "candidate.TakeBid(bid.Score, bid.HostSays, bid.Evicts, bid.Parts);",
            "candidate.TakeBid(round.FirstBid is null ? bid.Score : 0, bid.HostSays, bid.Evicts, bid.Parts);"),
        new("a refused award is not given to the next", "Scheduling/Awards.OnVerdict", "auction.Awarded.Refuse(verdict.Why);", ";"),
        new("an ask of an older epoch is answered", "Scheduling/Objections.To", "run.Epoch < slot.NextEpoch", "false"),
        new("who has an owner is bid for", "Scheduling/Objections.To",
            "slots.Standing(slot, now.Monotonic) is { } standing && members.Find(standing.Node) is { IsLive: true } owner",
            "slots.Standing(slot, now.Monotonic) is { } standing && members.Find(standing.Node) is { IsLive: false } owner"),
        new("two callers of one pod both get bids", "Scheduling/Objections.To", "held is null || held.Auctioneer == auctioneer", "true"),
        new("a gang is awarded in part", "Scheduling/GangAuction.GoOn", "held >= lacks", "held > 0"),
        new("a budget is not looked at", "Disruption/BudgetKeeper.Decide", "!judged.IsAllowed", "false"),
        new("whoever is asked decides about a budget", "Disruption/BudgetKeeper.Keeps",
            "live.Length == 0 || live[members.Successor(point)].Id != members.Self", "false"),
        new("a voter forgets its silence after a restart", "Leases/Voter.Judge", "now < silentUntil", "false"),
        new("a voter grants two", "Leases/Voter.Judge", "now < held.Until && !IsOf(held, ask.Run, sender)", "false"),
        new("a grant counts from the last ask, whichever it answers", "Leases/LeaseHolder.OnReply",
            "lease.TryGrant(reply.Number, sender);", "lease.TryGrant(lease.LastNumber, sender);"),
        new("a minority grants", "Leases/Lease.From", "each.Count < list.Majority", "each.Count == 0"),
    ];
}
