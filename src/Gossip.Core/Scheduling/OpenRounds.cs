using Gossip.Core.Turns;

namespace Gossip.Core.Scheduling;

/// <summary>The rounds of this auctioneer that are under way, by number.</summary>
sealed class OpenRounds(AuctionContext context)
{
    /// <summary>At once: pods that are called together do not see each other's places, and each round reserves all that it asks.</summary>
    public const int Most = 4;

    readonly Dictionary<ulong, Round> rounds = [];
    ulong numbers;
    int together;

    /// <summary>No other single pod is to be called. Rounds of gangs' attempts do not count here.</summary>
    public bool AreFull => rounds.Count - together >= Most;

    /// <summary>No life of the node uses a number twice: a boot is seconds, and no node calls 16 M rounds a second.</summary>
    public void Start(ulong boot) => numbers = boot << 24;

    public Round? Find(ulong number) => rounds.GetValueOrDefault(number);

    public Round Open(Auction lead)
    {
        var round = new Round(++numbers, lead.Run);
        rounds.Add(round.Number, round);
        round.Auctions.Add(lead);
        if (lead.IsTogether) together++;
        return round;
    }

    /// <summary>
    /// The round is over for an auction, and for all once nobody is left. Then every reservation is let go, its award's too unless that
    /// was answered.
    /// </summary>
    public void Leave(Auction auction, Turn turn)
    {
        var round = auction.Round;
        if (!round.Auctions.Remove(auction)) return;
        if (auction.IsTogether) together--;
        context.Placed.ExpectNoMore(auction.Pod);
        if (auction.Stage == AuctionStage.Held) LetGo(round, auction.Awarded!, turn);
        auction.LeaveRound();
        if (round.Auctions.Count > 0) return;
        rounds.Remove(round.Number);
        foreach (var candidate in round.Asked)
            if (!candidate.IsAwarded) LetGo(round, candidate, turn);
    }

    /// <summary>Tells a node that bid to let its reservation go.</summary>
    public void LetGo(Round round, Candidate candidate, Turn turn)
    {
        if (candidate.State != AnswerState.Bid) return;
        candidate.Release();
        context.Outbox.Send(candidate.Address, new Release(round.Number, round.Lead), turn);
    }
}
