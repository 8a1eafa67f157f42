using System.Globalization;
using Gossip.Core.Explain;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// What must hold of a cluster at rest whatever rules its pods have. Who could take a pod is asked of each node's exact books;
/// that no hard rule is broken is found out without the core's filters.
/// </summary>
internal static class RulesState
{
    public static Shortcoming? WhyNot(World world) =>
        ClusterState.Members(world) ?? ClusterState.Rows(world) ?? Placed(world, world.Nodes) ?? Copies(world) ?? HardRules.WhyNot(world)
        ?? ClusterState.Leftovers(world) ?? ClusterState.Books(world);

    /// <summary>A3, and of one side of a partition A4: no pod waits that one of these machines would take as it is.</summary>
    public static Shortcoming? Placed(World world, SimNode[] machines)
    {
        if (machines.FirstOrDefault(node => node.IsUp) is not { } observer) return null;
        var isWhole = machines.Length == world.Nodes.Length;
        var slots = observer.Machine!.Slots;
        foreach (var slot in slots.Slots)
        {
            if (!slot.IsDesired || slot.Succeeded || slot.IsGated || slots.LacksClass(slot) || slot.LacksVoters || !HasCompany(slot, observer)) continue;
            if (!isWhole && (slot.Template.IsSingleton || slot.Template.StopsAlone)) continue;
            if (slot.Admissions.Any(admission => machines.Any(node => node.IsUp && node.Id == admission.Node))) continue;
            foreach (var node in machines)
                if (node.IsUp && node.Machine!.Bidder.CouldTake(slot.Id))
                    return new Shortcoming(isWhole ? "A3" : "A4", node, $"{slot.Name} waits and this node would take it: {Auctions(world, slot)} {string.Join("|", slot.Summary?.Answers.Select(answer => answer.Why) ?? [])}");
        }
        return null;
    }

    /// <summary>What each node thinks of its auction.</summary>
    static string Auctions(World world, Slot slot) => string.Join(", ",
        from node in world.Nodes
        where node.IsUp
        from auction in node.Machine!.Auctioneer.Auctions
        where auction.Pod == slot.Id
        select string.Create(CultureInfo.InvariantCulture,
            $"{node.Config.Card.Name} {auction.Stage} {auction.Run.Epoch} round {auction.Rounds} in {(auction.NextRound - node.Now.Monotonic).TotalSeconds:0.0} s, rank {node.Machine!.Members.RankOfSelf(auction.Point)}"));

    /// <summary>A5: of a pod that waits the node knows for each live node what keeps the pod from it.</summary>
    public static string? WhyUnexplained(World world, SimNode node)
    {
        var view = node.Machine!.View(node.Now);
        var diagnoses = new Diagnoses(view);
        foreach (var pod in view.Pods)
            if (diagnoses.Of(pod) is { } said && (said.Nodes != world.Nodes.Length || said.Fit + said.Refusals.Sum(group => group.Nodes) != said.Nodes || said.Fit > 0 && pod.Template.Gang is null))
                return $"{node.Config.Card.Name} says of {pod.Name}: {said.Words}";
        return null;
    }

    static readonly (string Rule, Func<PodTemplate, bool> Has)[] rules =
    [
        ("a share of a device", pod => pod.Device is { Milli: < DeviceRequest.Whole }),
        ("a whole device", pod => pod.Device is { Milli: DeviceRequest.Whole }),
        ("a device's model", pod => pod.Device is { Models.IsEmpty: false }),
        ("a host port", pod => !pod.HostPorts.IsEmpty),
        ("an extended resource", pod => pod.Requests.CountOf("example.com/fpga") > 0),
        ("bandwidth", pod => pod.Requests.CountOf(Resources.Bandwidth) > 0),
        ("a node selector", pod => pod.NodeSelector.Count > 0),
        ("required node affinity", pod => !pod.NodeAffinity.Required.IsDefault),
        ("required affinity", pod => !pod.PodAffinity.Required.IsEmpty),
        ("required anti-affinity", pod => !pod.PodAffinity.RequiredAnti.IsEmpty),
        ("hard spread", pod => pod.TopologySpread.Any(spread => spread.IsHard)),
        ("tolerations", pod => !pod.Tolerations.IsEmpty),
        ("a priority", pod => pod.PriorityClassName.Length > 0),
        ("a gang", pod => pod.Gang is not null),
        ("a lease", pod => pod.IsSingleton),
        ("a policy for heals", pod => pod.KeepsNewest),
        ("a runtime of its own", pod => pod.RuntimeClass != RuntimeNames.Process),
    ];

    public static IEnumerable<string> RulesThatPlacedPodsHave => rules.Select(one => one.Rule);

    public static string IsPlacedWith(string rule) => $"a pod with {rule} is placed";

    /// <summary>So that a run of many seeds can tell whether each rule let anybody in.</summary>
    public static void CountPlaced(World world)
    {
        foreach (var slot in ClusterState.Someone(world)?.Machine!.Slots.Slots ?? [])
            if (!slot.Admissions.IsEmpty)
                foreach (var (rule, has) in rules)
                    if (has(slot.Template)) world.Sometimes.Count(IsPlacedWith(rule));
    }

    /// <summary>The others of its gang have their places, or it has no gang: then it is placed like a single pod.</summary>
    static bool HasCompany(Slot slot, SimNode observer) =>
        slot.Gang is not { } gang || GangState.Of(gang, observer.Machine!.Slots, observer.Machine.Members, observer.Now.Monotonic).HasStarted;

    /// <summary>A4, after heal and quiet: whatever has a place has one, and is ready there.</summary>
    static Shortcoming? Copies(World world)
    {
        if (ClusterState.Someone(world) is not { } observer) return null;
        foreach (var slot in observer.Machine!.Slots.Slots)
        {
            Admission[] held = [.. slot.Admissions.Where(admission => world.NodeOf(admission.Node) is { IsUp: true })];
            if (held.Length == 0) continue;
            if (!slot.IsDesired || slot.IsGated || held.Length > 1)
                return new Shortcoming("A4", observer, $"{slot.Name} is admitted {held.Length} times, desired {slot.IsDesired}, gated {slot.IsGated}: {ClusterState.Tell(world, slot)}");
            if (!held[0].Status.Ready || !world.NodeOf(held[0].Node)!.Runtime.Pods.TryGetValue(held[0].Run, out var pod) || !pod.Runs)
                return new Shortcoming(HasCompany(slot, observer) ? "A3" : "A11", observer, $"{slot.Name} is admitted and does not run: {held[0].Status.Reason} {ClusterState.Tell(world, slot)}");
        }
        return null;
    }
}
