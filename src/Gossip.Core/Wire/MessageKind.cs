namespace Gossip.Core.Wire;

/// <summary>
/// The first byte of a message. Numbers are the wire and never change meaning; an unknown one is skipped, so that
/// a newer node can say more than an older one understands.
/// </summary>
enum MessageKind : byte
{
    // Membership
    Ping = 1, Ack = 2, PingRequest = 3, Member = 4, Capacity = 5, MemberSync = 6, Accusation = 7, NameQuery = 8, NameAnswer = 9,
    // Replication
    RowDelta = 20, RowRemoval = 21, Digest = 22, ShardList = 23, Repair = 24,
    // Scheduling
    Ask = 40, Bid = 41, Refusal = 42, Award = 43, Verdict = 44, Release = 45, Unheard = 46,
    // Disruption
    EvictionAsk = 60, EvictionReply = 61,
    // Singletons
    LeaseAsk = 70, LeaseReply = 71, LeaseEnd = 72, VoteAsk = 73, VoteReply = 74,
}
