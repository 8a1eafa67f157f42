namespace Gossip.Core.Primitives;

/// <summary>
/// Bugs that the simulator plants to prove that its checkers catch them. Each is one line beside the line it breaks;
/// outside the simulator nothing can set one.
/// </summary>
internal enum PlantedBug : byte
{
    None,
    /// <summary>A session joins the peer's whole context although frames of it were lost.</summary>
    WholeContextOnCutDelta,
    /// <summary>A node that lost its disk goes on with the writer id, and so the dots, that it had before.</summary>
    WriterReusedAfterAmnesia,
    /// <summary>A bid holds nothing, and its award is admitted without looking whether the resources are still there.</summary>
    AdmissionWithoutRecheck,
    /// <summary>A bid's reservation outlives its validity.</summary>
    LeakedReservation,
    /// <summary>A node that hears that it is suspected says nothing.</summary>
    RefutationIgnored,
    /// <summary>A row whose birth is covered and that is not held is taken in again.</summary>
    ResurrectedObject,
    /// <summary>A copy drains when it sees any other that is ready, whichever comes first in the order.</summary>
    DrainByReadiness,
    /// <summary>A suspicion's end buries a member that refuted it meanwhile.</summary>
    StaleTimerObeyed,
    /// <summary>A gang's pods are awarded as soon as any of their bids is held.</summary>
    GangAwardedInPart,
    /// <summary>A gang's pod starts as soon as it has its own place.</summary>
    GangNotAwaited,
    /// <summary>A pod's next container starts while an init container before it runs.</summary>
    InitNotAwaited,
    /// <summary>When an engine returns, what survived there is started as if it had not.</summary>
    SurvivorDisowned,
    /// <summary>A pod stays although the merged tables show that an earlier one forbids it its place.</summary>
    ConflictIgnored,
    /// <summary>Pods are evicted whether or not their disruption budget allows it.</summary>
    BudgetIgnored,
    /// <summary>Whichever node is asked for an eviction decides about it by what it has heard.</summary>
    BudgetUnkept,
    /// <summary>A node that bids the most for everything, moves its version all the time, and admits nothing. No bug but a malicious member: one node has it.</summary>
    AdmitsNothing,
    /// <summary>Who makes room for a pod of some priority looks at nobody's own.</summary>
    PriorityIgnored,
    /// <summary>A pod that others make room for starts before they are gone.</summary>
    RoomNotAwaited,
    /// <summary>A voter grants singletons as soon as it has restarted, though it knows no more what it had granted.</summary>
    GrantForgotten,
    /// <summary>A holder counts its lease from when the grant arrived, not from when it asked.</summary>
    LeaseCountedFromGrant,
    /// <summary>Of several bids the first that arrived wins.</summary>
    FirstBidWins,
    /// <summary>A bid that has won for one pod of a batch is there for the others as well.</summary>
    BidWonTwice,
    /// <summary>The devices of pods that run on from the node's life before do not count.</summary>
    DevicesForgotten,
    /// <summary>An ask and its award look at no host ports.</summary>
    PortsForgotten,
    /// <summary>An award is said once, and its verdict waited for for ever.</summary>
    AwardSaidOnce,
}
