using Gossip.Mutants.Lists;

namespace Gossip.Mutants;

/// <summary>
/// Every mutant. A new one goes to the list of its layer: when a bug was found that the simulator had not seen, when a rule is written
/// down, when a line looks as if nobody would miss it.
/// </summary>
internal static class AllMutants
{
    public static readonly Mutant[] List =
    [
        .. WireMutants.List, .. MembershipMutants.List, .. ReplicationMutants.List, .. RecoveryMutants.List, .. TableMutants.List,
        .. SchedulingMutants.List, .. PodMutants.List, .. NodeMutants.List,
    ];
}
