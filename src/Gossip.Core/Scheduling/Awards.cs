using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// The second half of a round: each pod in turn is awarded the best bid that is left, its winner says whether it admitted the pod, and
/// what found nobody waits for its next round.
/// </summary>
sealed class Awards(AuctionContext context, AuctionQueue queue, OpenRounds rounds)
{
    ulong steps;

    /// <summary>After T an unanswered award cannot be taken up any more; the margin is for its admission to be written and told.</summary>
    TimeSpan Ends => context.Timings.BidValidity + 2 * context.Timings.AuctionWindow;

    /// <summary>
    /// Each in order of ordinals has the best bid that is left: a function of the bids, in whatever order they came. A few of the
    /// others stay in reserve, the rest are let go.
    /// </summary>
    public void AwardAll(Round round, Turn turn)
    {
        round.StopAsking();
        foreach (var auction in round.Auctions.ToArray()) AwardBest(auction, turn);
        var reserves = round.KeepReserves();
        foreach (var candidate in round.Asked)
        {
            if (!candidate.IsFree || candidate.PassedAt == reserves) continue;
            rounds.LetGo(round, candidate, turn);
            if (candidate.PassedAt > 0) RefuseIfForbidden(candidate, round.Lead.Pod);
        }
    }

    /// <summary>The winner's answer to an award.</summary>
    public void OnVerdict(in Verdict verdict, NodeId sender, Turn turn)
    {
        if (queue.Find(verdict.Run.Pod) is not { } auction || auction.Run != verdict.Run || auction.Stage == AuctionStage.Placed) return;
        if (verdict.Admitted)
        {
            Place(auction, sender, turn);
            return;
        }
        if (auction.Round.Number != verdict.Auction || auction.Stage != AuctionStage.Awarding || auction.Awarded?.Node != sender) return;
        auction.Awarded.Refuse(verdict.Why);
        context.Distrust.Failed(sender, turn.Now);
        AwardBest(auction, turn);
    }

    /// <summary>The timer AwardDeadline: of an award, or of a bid that is held for a gang.</summary>
    public void OnDeadline(NodeTimer timer, Turn turn)
    {
        if (rounds.Find(timer.Subject)?.Auctions.Find(one => one.AwardStep == timer.Epoch) is not { } auction) return;
        if (auction.Stage == AuctionStage.Awarding) OnAwardDeadline(auction, turn);
        else if (auction.Stage == AuctionStage.Held) auction.Gang!.HoldOn(auction, turn);
    }

    public void Send(Auction auction, Turn turn)
    {
        var (round, winner) = (auction.Round, auction.Awarded!);
        var won = new Victory(winner.Score, round.BidsFor(auction) - 1, winner.Evicts is not null);
        PodRun? asked = auction.Run == round.Lead ? null : round.Lead;
        context.Outbox.Send(winner.Address, new Award(round.Number, auction.Run, won, asked), turn);
    }

    /// <summary>Has <see cref="OnDeadline"/> called for the auction, unless a later deadline is set meanwhile.</summary>
    public void SetDeadline(Auction auction, TimeSpan after, Turn turn)
    {
        auction.SetDeadline(++steps);
        turn.Wake(new NodeTimer(NodeTimerKind.AwardDeadline, auction.Round.Number, auction.AwardStep), after);
    }

    void AwardBest(Auction auction, Turn turn)
    {
        var round = auction.Round;
        var isFirst = auction.Stage == AuctionStage.Asking;
        auction.DropAward();
        if (!auction.IsTogether && !AuctionQueue.MayBePlacedAlone(auction, turn.Now))
        {
            rounds.Leave(auction, turn);
            auction.Gang!.Consider(turn);
            return;
        }
        auction.TakeTurn();
        if (context.Slots.Find(auction.Pod) is not { } slot || BestFor(auction, turn) is not { } best)
        {
            if (isFirst && round.HasAwarded) CallAgain(auction, turn);
            else EndEmpty(auction, turn);
            return;
        }
        auction.Win(best);
        best.Win(auction.Turn);
        round.CountAward();
        if (auction.IsTogether)
        {
            auction.Gang!.Hold(auction, slot, turn);
            return;
        }
        auction.Award();
        context.Expect(auction.Pod, best.Node, slot.Template);
        Send(auction, turn);
        SetDeadline(auction, context.Timings.AuctionWindow, turn);
    }

    /// <summary>
    /// The best bid that rules between pods do not forbid by now: what was awarded since, to others of the batch or in other rounds,
    /// counts already here, and not yet there. Where they forbid all of them, none is of use to those that come after it either.
    /// </summary>
    Candidate? BestFor(Auction auction, Turn turn)
    {
        var round = auction.Round;
        CountSpread(auction);
        while (round.Best(auction.Run, auction.Turn) is { } best)
        {
            if (best.Evicts is not null || context.WhyForbidden(auction.Pod, best.Node) is null) return best;
            best.PassOver(auction.Turn);
        }
        foreach (var candidate in round.Asked)
        {
            if (!candidate.IsFree) continue;
            rounds.LetGo(round, candidate, turn);
            RefuseIfForbidden(candidate, auction.Pod);
        }
        return null;
    }

    /// <summary>
    /// For a pod that spreads first: what its candidates have by now. A bid cannot tell: those for pods called at the same moment would
    /// lower each other's alike, while this node knows what it has awarded since.
    /// </summary>
    void CountSpread(Auction auction)
    {
        if (context.Slots.Find(auction.Pod) is not { Template.SpreadsFirst: true, Rules: not null } slot) return;
        var around = context.Placed.Around(slot);
        foreach (var candidate in auction.Round.Asked)
            candidate.SpreadCount = context.Members.Find(candidate.Node) is { } member
                ? SpreadCount.Of(slot.Rules, context.Hearsay.Of(member, around))
                : SpreadCount.Nowhere;
    }

    void RefuseIfForbidden(Candidate candidate, PodId pod)
    {
        // Else a place that was won since made up for it.
        if (context.WhyForbidden(pod, candidate.Node) is { } why) candidate.Refuse(why, AuctionQueue.TickLeast);
    }

    /// <summary>The pod has its place. The verdict counts also when it comes late, and another round is under way.</summary>
    void Place(Auction auction, NodeId winner, Turn turn)
    {
        rounds.Leave(auction, turn);
        auction.Measure(turn);
        context.Placed.Expect(auction.Pod, winner);
        context.Publisher.Publish(auction, winner, turn);
        auction.Place(winner, until: turn.Monotonic + context.Timings.AuctioneerSilence);
        queue.WakeBy(auction.NextRound, turn);
        auction.Gang?.Consider(turn);
    }

    /// <summary>Its batch had fewer bids than pods: that others were quicker says nothing against it.</summary>
    void CallAgain(Auction auction, Turn turn)
    {
        rounds.Leave(auction, turn);
        auction.WaitUntil(turn.Monotonic);
        if (context.Slots.Find(auction.Pod) is { } slot) queue.Consider(auction, slot, turn);
    }

    /// <summary>
    /// No verdict yet. The award is said again while the bid may live; nobody else is awarded before it cannot be taken up
    /// any more, and by then the other bids of the round are over too, so that all are asked anew.
    /// </summary>
    void OnAwardDeadline(Auction auction, Turn turn)
    {
        var left = auction.Round.FirstBid!.Value + Ends - turn.Monotonic;
        if (left > TimeSpan.Zero)
        {
            if (left > Ends - context.Timings.BidValidity) Send(auction, turn);
            var pause = 2 * context.Timings.AuctionWindow;
            SetDeadline(auction, left < pause ? left : pause, turn);
            return;
        }
        auction.Awarded!.Refuse("did not answer its award", AuctionQueue.TickLeast);
        context.Distrust.Failed(auction.Awarded.Node, turn.Now);
        EndEmpty(auction, turn);
    }

    /// <summary>Nobody took it: when to ask again, and how many.</summary>
    void EndEmpty(Auction auction, Turn turn)
    {
        var isTogether = auction.IsTogether;
        rounds.Leave(auction, turn);
        if (isTogether)
        {
            auction.Gang!.OnNoBid(auction, turn);
            return;
        }
        var again = auction.Round.AskAgain();
        var passes = again > TimeSpan.Zero; // reservations of others, news on its way
        auction.CountEmptyRound(passes);
        var wait = RoundBackoff.Of(auction.EmptyRounds, context.Timings);
        if (passes)
        {
            wait /= 8;
            if (wait < again) wait = again;
        }
        auction.WaitUntil(turn.Monotonic + wait * (1 + auction.Round.Jitter(context.Random)));
        if (!passes || auction.HasPassedOften) context.Publisher.Publish(auction, NodeId.None, turn);
        queue.WakeBy(auction.NextRound, turn);
    }
}
