using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

/// <summary>Auctioneer to candidate: would you run it? The candidate reads the pod from its own tables.</summary>
public readonly partial record struct Ask(ulong Auction, PodRun Run);

/// <summary>Candidate to auctioneer: yes, and the resources are held for you for the bid's validity from sending.</summary>
/// <param name="Score">0–1000; greater is better.</param>
/// <param name="Why">The scores it is made of, for people.</param>
public readonly partial record struct Bid(ulong Auction, PodRun Run, int Score, string Why);

/// <summary>Candidate to auctioneer: no, as of this version of my capacity.</summary>
/// <param name="AskAgainAfterMilliseconds">When reservations caused it: when they will have expired. Else 0.</param>
public readonly partial record struct Refusal(ulong Auction, PodRun Run, ulong Boot, ulong CapacityVersion, int AskAgainAfterMilliseconds, string Why);

/// <summary>Auctioneer to winner: it is yours, if you still hold it.</summary>
public readonly partial record struct Award(ulong Auction, PodRun Run, string Winner);

/// <summary>Winner to auctioneer: admitted and durable, or not any more.</summary>
public readonly partial record struct Verdict(ulong Auction, PodRun Run, bool Admitted, string Why);

/// <summary>Auctioneer to loser: let the reservation go.</summary>
public readonly partial record struct Release(ulong Auction, PodRun Run);
