using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Collects what the nodes answer that a round asked, until all have answered or its window is over. Then the bids are awarded.
/// </summary>
sealed class Answers(AuctionContext context, OpenRounds rounds, ITables tables, Awards awards)
{
    /// <summary>A workload that is longer waits for gossip: every round would tell it to a dozen nodes at once.</summary>
    const int ToldBytesMost = 64 * 1024;

    /// <summary>The timer AuctionWindow.</summary>
    public void OnWindow(ulong number, Turn turn)
    {
        if (rounds.Find(number) is not { IsAsking: true } round) return;
        if (round.TryExtendWindow()) turn.Wake(new NodeTimer(NodeTimerKind.AuctionWindow, round.Number), context.Timings.AuctionWindow);
        else awards.AwardAll(round, turn);
    }

    public void OnBid(in Bid bid, NodeId sender, NodeAddress from, Turn turn)
    {
        var round = rounds.Find(bid.Auction);
        var candidate = round?.Find(sender);
        if (round is null || candidate is null || round.Lead != bid.Run || !round.IsAsking)
        {
            if (candidate?.State is AnswerState.Bid) return; // told twice, and still of use
            context.Outbox.Send(from, new Release(bid.Auction, bid.Run), turn);
            return;
        }
        if (candidate.State != AnswerState.Silent) return;
        if (bid.Score > context.Hearsay.Placement.GreatestScore)
        {
            var why = string.Create(CultureInfo.InvariantCulture, $"bid {bid.Score}, and {Scoring.Greatest} is the most");
            candidate.Refuse(why, context.Timings.GossipInterval); // or it has heard of pods with devices before this node
            context.Outbox.Send(from, new Release(bid.Auction, bid.Run), turn);
        }
        else
        {
            candidate.TakeBid(bid.Score, bid.HostSays, bid.Evicts, bid.Parts);
            round.CountBid(turn.Monotonic);
        }
        AwardIfAllAnswered(round, turn);
    }

    public void OnRefusal(in Refusal refusal, NodeId sender, Turn turn)
    {
        if (rounds.Find(refusal.Auction) is not { } round || round.Lead != refusal.Run) return;
        if (round.Auctions is [{ Stage: AuctionStage.Held, Gang: { } gang } held] && held.Awarded!.Node == sender)
            gang.LoseHold(held, refusal.Why, turn);
        if (round.Find(sender) is not { State: AnswerState.Silent } candidate) return;
        // Rules between pods that this node knows to be in the way do not pass by news that the other has yet to hear.
        var isForbidden = context.WhyForbidden(round.Lead.Pod, sender) is not null;
        candidate.Refuse(refusal.Why, isForbidden ? TimeSpan.Zero : TimeSpan.FromMilliseconds(refusal.AskAgainAfterMilliseconds));
        if (!round.IsAsking) return;
        if (context.Slots.Find(round.Lead.Pod) is { } slot && EpochReport.IsNews(slot, refusal.Next))
        {
            context.Reports.Add(new EpochReport(slot.Id, refusal.Next));
            context.Distrust.Failed(sender, turn.Now); // it costs the round: who says so again and again is lying
            return; // the slot changed: it is called anew within this turn
        }
        AwardIfAllAnswered(round, turn);
    }

    /// <summary>
    /// The node is told the workload and asked again, both by the stream, which keeps them in order. Without this the pods of a new
    /// workload would all go to the nodes that heard of it first, the auctioneer before all others.
    /// </summary>
    public void OnUnheard(in Unheard unheard, NodeId sender, Turn turn)
    {
        if (rounds.Find(unheard.Auction) is not { } round || round.Lead != unheard.Run) return;
        if (round.Find(sender) is not { State: AnswerState.Silent } candidate) return;
        if (candidate.IsTold) return; // said twice on the way, or the news crossed: its bid may still come within the window
        if (tables.Find(round.Lead.Pod.Workload) is { } row && RowCodec.Measure(row) <= ToldBytesMost)
        {
            candidate.Tell();
            context.Outbox.SendFrame(candidate.Address, new RowDelta(row), turn);
            context.Outbox.SendFrame(candidate.Address, new Ask(round.Number, round.Lead, round.MayEvict), turn);
            return;
        }
        candidate.Refuse(Objections.NotHeard, context.Timings.GossipInterval);
        AwardIfAllAnswered(round, turn);
    }

    void AwardIfAllAnswered(Round round, Turn turn)
    {
        if (round.IsAsking && round.EverybodyAnswered) awards.AwardAll(round, turn);
    }
}
