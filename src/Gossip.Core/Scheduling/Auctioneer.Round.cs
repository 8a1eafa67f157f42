using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

// One round: answers come in, each pod in turn is awarded the best bid that is left, and has its place or comes off empty.
sealed partial class Auctioneer
{
    /// <summary>A workload that outgrows it waits for gossip: every round would tell it to a dozen nodes at once.</summary>
    const int ToldBytesMost = 64 * 1024;

    /// <summary>Bids that are kept until the verdicts are in, for awards that are refused: a batch's seldom need more.</summary>
    const int Reserves = 1, BatchReserves = 2;

    /// <summary>After T an unanswered award cannot be taken up any more; the margin is for its admission to be written and told.</summary>
    TimeSpan AwardEnds => timings.BidValidity + 2 * timings.AuctionWindow;

    void OnWindow(Round round, Turn turn)
    {
        if (round.Silent * 2 > round.Asked.Count && round.Windows < WindowsMost)
        {
            round.Windows++;
            turn.Wake(new NodeTimer(NodeTimerKind.AuctionWindow, round.Number), timings.AuctionWindow);
            return;
        }
        AwardAll(round, turn);
    }

    void OnBid(in Bid bid, NodeId sender, NodeAddress from, Turn turn)
    {
        var round = rounds.GetValueOrDefault(bid.Auction);
        var candidate = round?.Find(sender);
        if (round is null || candidate is null || round.Lead != bid.Run || !round.IsAsking)
        {
            if (candidate?.State is AnswerState.Bid) return; // told twice, and still of use
            outbox.Send(from, new Release(bid.Auction, bid.Run), turn);
            return;
        }
        if (candidate.State != AnswerState.Silent) return;
        if (bid.Score > Scoring.Greatest && !hearsay.HaveDevices)
        {
            candidate.State = AnswerState.Refused;
            candidate.Why = string.Create(CultureInfo.InvariantCulture, $"bid {bid.Score}, and {Scoring.Greatest} is the most");
            candidate.AskAgain = timings.GossipInterval; // or it has heard of pods with devices before this node
            outbox.Send(from, new Release(bid.Auction, bid.Run), turn);
            if (round.EverybodyAnswered) AwardAll(round, turn);
            return;
        }
        candidate.State = AnswerState.Bid;
        candidate.Score = planted == PlantedBug.FirstBidWins && round.FirstBid is not null ? 0 : bid.Score;
        candidate.Evicts = bid.Evicts;
        candidate.Parts = bid.Parts;
        candidate.Why = bid.HostSays;
        round.FirstBid ??= turn.Monotonic;
        if (round.EverybodyAnswered) AwardAll(round, turn);
    }

    void OnRefusal(in Refusal refusal, NodeId sender, Turn turn)
    {
        if (!rounds.TryGetValue(refusal.Auction, out var round) || round.Lead != refusal.Run) return;
        if (round.Auctions is [{ Stage: AuctionStage.Held } held] && held.Awarded!.Node == sender) LoseHold(held, refusal.Why, turn);
        if (round.Find(sender) is not { State: AnswerState.Silent } candidate) return;
        candidate.State = AnswerState.Refused;
        candidate.Why = refusal.Why;
        candidate.AskAgain = TimeSpan.FromMilliseconds(refusal.AskAgainAfterMilliseconds);
        if (WhyForbidden(round.Lead.Pod, sender) is not null) candidate.AskAgain = TimeSpan.Zero; // not only by what that node has yet to hear
        if (round.IsAsking && slots.Learn(round.Lead.Pod, refusal.Next, turn.Now))
        {
            distrust.Failed(sender, turn.Now); // it costs the round: who says so again and again is lying
            return; // the slot changed: it is called anew within this turn
        }
        if (round.IsAsking && round.EverybodyAnswered) AwardAll(round, turn);
    }

    /// <summary>
    /// It is told the workload and asked again, both by the stream, which keeps them in order. Without this the pods of a new
    /// workload would all go to the nodes that heard of it first, the auctioneer before all others.
    /// </summary>
    void OnUnheard(in Unheard unheard, NodeId sender, Turn turn)
    {
        if (!rounds.TryGetValue(unheard.Auction, out var round) || round.Lead != unheard.Run) return;
        if (round.Find(sender) is not { State: AnswerState.Silent } candidate) return;
        if (candidate.IsTold) return; // said twice on the way, or the news crossed: its bid may still come within the window
        if (tables.Find(round.Lead.Pod.Workload) is { } row && RowCodec.Measure(row) <= ToldBytesMost)
        {
            candidate.IsTold = true;
            outbox.SendFrame(candidate.Address, new RowDelta(row), turn);
            outbox.SendFrame(candidate.Address, new Ask(round.Number, round.Lead, round.MayEvict), turn);
            return;
        }
        candidate.State = AnswerState.Refused;
        candidate.Why = Objections.NotHeard;
        candidate.AskAgain = timings.GossipInterval;
        if (round.IsAsking && round.EverybodyAnswered) AwardAll(round, turn);
    }

    void OnVerdict(in Verdict verdict, NodeId sender, Turn turn)
    {
        if (!auctions.TryGetValue(verdict.Run.Pod, out var auction) || auction.Run != verdict.Run || auction.Stage == AuctionStage.Placed) return;
        if (verdict.Admitted)
        {
            // Also when it comes late, and another round is under way: the pod has its place.
            EndRound(auction, turn);
            auction.LastAwarded = sender;
            slots.Placed.Expect(auction.Pod, sender);
            summaries.Publish(auction, sender, turn);
            auction.Stage = AuctionStage.Placed;
            auction.EmptyRounds = auction.PassingRounds = 0;
            auction.NextRound = turn.Monotonic + timings.AuctioneerSilence; // if the admission never shows, its node is gone: again
            WakeBy(auction.NextRound, turn);
            if (auction.Gang is { } gang) Consider(gang, turn);
            return;
        }
        if (auction.Round.Number != verdict.Auction || auction.Stage != AuctionStage.Awarding || auction.Awarded?.Node != sender) return;
        auction.Awarded.State = AnswerState.Refused;
        auction.Awarded.Why = verdict.Why;
        distrust.Failed(sender, turn.Now);
        AwardBest(auction, turn);
    }

    /// <summary>
    /// Each in order of ordinals has the best bid that is left: a function of the bids, in whatever order they came. A few of the
    /// others stay in reserve, the rest are let go.
    /// </summary>
    void AwardAll(Round round, Turn turn)
    {
        round.IsAsking = false;
        var mostKept = round.IsBatch ? BatchReserves : Reserves;
        foreach (var auction in round.Auctions.ToArray()) AwardBest(auction, turn);
        var pass = ++round.Passes;
        for (var kept = 0; kept < mostKept && round.Best(round.Lead, pass) is { } next; kept++) next.PassedAt = pass;
        foreach (var candidate in round.Asked)
        {
            if (candidate.State != AnswerState.Bid || candidate.IsAwarded || candidate.PassedAt == pass) continue;
            LetGo(round, candidate, turn);
            if (candidate.PassedAt > 0) Forbid(candidate, round.Lead.Pod);
        }
    }

    void AwardBest(Auction auction, Turn turn)
    {
        var round = auction.Round;
        var isFirst = auction.Stage == AuctionStage.Asking;
        auction.Awarded = null;
        if (!auction.IsTogether && !MayBePlacedAlone(auction, turn.Now))
        {
            EndRound(auction, turn);
            Consider(auction.Gang!, turn);
            return;
        }
        auction.Turn = ++round.Passes;
        if (slots.Find(auction.Pod) is not { } slot || BestFor(auction, turn) is not { } best)
        {
            if (isFirst && round.HasAwarded) CallAgain(auction, turn);
            else EndEmpty(auction, turn);
            return;
        }
        auction.Awarded = best;
        auction.LastAwarded = best.Node;
        if (planted != PlantedBug.BidWonTwice) best.WonAt = auction.Turn;
        round.HasAwarded = true;
        if (auction.IsTogether)
        {
            Hold(auction, slot, turn);
            return;
        }
        auction.Stage = AuctionStage.Awarding;
        hearsay.Deduct(best.Node, slot.Template);
        slots.Placed.Expect(auction.Pod, best.Node);
        SendAward(auction, turn);
        turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, round.Number, auction.AwardStep = ++awardSteps), timings.AuctionWindow);
    }

    /// <summary>
    /// The best bid that rules between pods do not forbid by now: what was awarded since, to others of the batch or in other rounds,
    /// counts already here, and not yet there. Where they forbid all of them, none is of use to those that come after it either.
    /// </summary>
    Candidate? BestFor(Auction auction, Turn turn)
    {
        var round = auction.Round;
        while (round.Best(auction.Run, auction.Turn) is { } best)
        {
            if (best.Evicts is not null || WhyForbidden(auction.Pod, best.Node) is null) return best;
            best.PassedAt = auction.Turn;
        }
        foreach (var candidate in round.Asked)
        {
            if (candidate.State != AnswerState.Bid || candidate.IsAwarded) continue;
            LetGo(round, candidate, turn);
            Forbid(candidate, auction.Pod);
        }
        return null;
    }

    void Forbid(Candidate candidate, PodId pod)
    {
        if (WhyForbidden(pod, candidate.Node) is not { } why) return; // a place won since then made up for it
        candidate.State = AnswerState.Refused;
        candidate.Why = why;
        candidate.AskAgain = TickLeast;
    }

    /// <summary>Its batch had fewer bids than pods: that others were quicker says nothing against it.</summary>
    void CallAgain(Auction auction, Turn turn)
    {
        EndRound(auction, turn);
        auction.NextRound = turn.Monotonic;
        if (slots.Find(auction.Pod) is { } slot) ConsiderAlone(auction, slot, turn);
    }

    /// <summary>What rules between pods have, as far as this node knows, against a pod on a node; null: nothing.</summary>
    string? WhyForbidden(PodId pod, NodeId node) =>
        slots.Find(pod) is { Rules.IsHard: true } slot && members.Find(node) is { } member
            ? Filtering.CheckNeighbours(slot.Template, hearsay.Of(member, slots.Placed.Around(slot))).Reason
            : null;

    void SendAward(Auction auction, Turn turn)
    {
        var won = new Victory(auction.Awarded!.Score, auction.Round.BidsFor(auction) - 1, auction.Awarded.Evicts is not null);
        outbox.Send(auction.Awarded.Address, new Award(auction.Round.Number, auction.Run, won, auction.Run == auction.Round.Lead ? null : auction.Round.Lead), turn);
    }

    /// <summary>
    /// No verdict yet. The award is said again while the bid may live; nobody else is awarded before it cannot be taken up
    /// any more, and by then the other bids of the round are over too, so that all are asked anew.
    /// </summary>
    void OnAwardDeadline(Auction auction, Turn turn)
    {
        if (planted == PlantedBug.AwardSaidOnce) return;
        var left = auction.Round.FirstBid!.Value + AwardEnds - turn.Monotonic;
        if (left > TimeSpan.Zero)
        {
            if (left > AwardEnds - timings.BidValidity) SendAward(auction, turn);
            var wait = left < 2 * timings.AuctionWindow ? left : 2 * timings.AuctionWindow;
            turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, auction.Round.Number, auction.AwardStep = ++awardSteps), wait);
            return;
        }
        auction.Awarded!.State = AnswerState.Refused;
        auction.Awarded.Why = "did not answer its award";
        auction.Awarded.AskAgain = TickLeast;
        distrust.Failed(auction.Awarded.Node, turn.Now);
        EndEmpty(auction, turn);
    }

    /// <summary>Nobody took it: when to ask again, and how many.</summary>
    void EndEmpty(Auction auction, Turn turn)
    {
        var isTogether = auction.IsTogether;
        EndRound(auction, turn);
        if (isTogether)
        {
            OnNoBid(auction, turn);
            return;
        }
        var again = TimeSpan.Zero;
        foreach (var candidate in auction.Round.Asked)
            if (candidate.AskAgain > TimeSpan.Zero && (again == TimeSpan.Zero || candidate.AskAgain < again)) again = candidate.AskAgain;
        // What passes by itself (reservations of others, news on its way) is not held against the pod, but not for ever.
        var passes = again > TimeSpan.Zero;
        if (!passes || ++auction.PassingRounds % 4 == 0)
        {
            auction.EmptyRounds++;
            auction.FruitlessRounds++;
        }
        var wait = RoundBackoff.Of(auction.EmptyRounds, timings);
        if (passes)
        {
            wait /= 8;
            if (wait < again) wait = again;
        }
        auction.NextRound = turn.Monotonic + wait * (1 + (auction.Round.Jitter ??= luck.Unit() / 4)); // a batch stays together
        if (!passes || auction.PassingRounds >= 4) summaries.Publish(auction, NodeId.None, turn);
        WakeBy(auction.NextRound, turn);
    }

    /// <summary>Its round is over for it, and for all once nobody is left; then every reservation is let go, its award's too unless that was answered.</summary>
    void EndRound(Auction auction, Turn turn)
    {
        var round = auction.Round;
        if (!round.Auctions.Remove(auction)) return;
        if (auction.IsTogether) together--;
        auction.IsTogether = false;
        slots.Placed.ExpectNoMore(auction.Pod);
        if (auction.Stage == AuctionStage.Held) LetGo(round, auction.Awarded!, turn);
        auction.Stage = AuctionStage.Waiting;
        if (round.Auctions.Count > 0) return;
        rounds.Remove(round.Number);
        foreach (var candidate in round.Asked)
            if (!candidate.IsAwarded) LetGo(round, candidate, turn);
    }

    void LetGo(Round round, Candidate candidate, Turn turn)
    {
        if (candidate.State != AnswerState.Bid) return;
        candidate.State = AnswerState.Released;
        outbox.Send(candidate.Address, new Release(round.Number, round.Lead), turn);
    }
}
