using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Simulation.Checkers;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// One seed's run: a cluster forms, users create and change things while the fault plan does its worst, everything
/// heals, and then it must converge within a bounded time and stay so.
/// </summary>
internal sealed class RandomScenario : IScenario
{
    /// <summary>A partition is found out by trying the dead twice a minute; then graces, back-offs and drains follow.</summary>
    static readonly TimeSpan ConvergesWithin = TimeSpan.FromMinutes(5);
    const string Crowd = "crowd", Urgent = "urgent";
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    readonly Users users;
    readonly Ledger ledger;
    readonly FaultPlan plan;
    readonly DiskFaults disks;
    readonly Operators operators;
    readonly int pods;
    readonly bool rots;
    readonly RandomStream random;

    /// <param name="rottenDisks">Disks also forget, while their nodes are away.</param>
    public RandomScenario(int nodes, int pods, ulong seed, bool rottenDisks = false)
    {
        this.pods = pods;
        rots = rottenDisks;
        random = new RandomStream(StableHash.Mix(seed, 1));
        var faults = new WorldFaults(random.Chance(0.3) ? 0 : 0.001, random.Chance(0.5) ? TimeSpan.Zero : TimeSpan.FromMinutes(1));
        // Twice the room that the pods need, so that they fit the rest when a quarter of the machines is gone.
        var podsEach = Math.Max(4, (2 * pods + nodes - 1) / nodes);
        string Line() => Replay(nodes, pods, seed, rottenDisks);
        World = new World(nodes, seed, NodeTimings.Lan, index => Manifests.Node(index, podsEach), Line, faults);
        World.Check(CheckerSet.For(World));
        users = new Users(World, World.RandomStream.For("users"));
        ledger = new Ledger(World, World.RandomStream.For("ledger"));
        var rot = rottenDisks ? new DiskRot(World, World.RandomStream.For("disk rot")) : null;
        plan = new FaultPlan(World, users, World.RandomStream.For("faults"), rot);
        disks = new DiskFaults(World, ledger, plan, World.RandomStream.For("disk faults"));
        operators = new Operators(World, World.RandomStream.For("operators"));
    }

    public World World { get; }

    /// <summary>How long convergence took after the heal; null when it did not.</summary>
    public TimeSpan? ConvergedAfter { get; private set; }

    public static string Replay(int nodes, int pods, ulong seed, bool rottenDisks = false) =>
        (rottenDisks ? "gossip sim --rotten-disks " : "gossip sim ")
        + string.Create(CultureInfo.InvariantCulture, $"--nodes {nodes} --pods {pods} --seed {seed}");

    public void Run()
    {
        foreach (var node in World.Nodes)
            World.After(random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), node.Start);
        World.After(TimeSpan.FromMilliseconds(1500), () => users.CreateEverything(pods, 100, mixed: true));
        // More than there is room for, now and then: only where every node is full can one take too much.
        var crowded = random.Chance(0.25);
        if (crowded) World.After(TimeSpan.FromSeconds(2.5), () => users.Create(Crowd, 2 * pods, 100, PodShape.Plain, users.AnyPriority()));
        // Greater ones than any, when the nodes are full: who would have fitted a moment ago has to make way.
        var urgent = random.Chance(0.5);
        if (urgent)
            World.After(random.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)), () => users.Create(Urgent, Math.Max(1, pods / 8), 300, PodShape.Rich, "vital"));
        var length = plan.Begin();
        if (!rots) disks.Begin(length); // a cluster whose every disk lost something has nobody who has the rest
        operators.Begin(length);
        ledger.Begin(TimeSpan.FromSeconds(2), length);
        World.RunFor(length);
        disks.Heal();
        plan.Heal();
        operators.End();
        if (crowded) users.Delete(Crowd);
        if (urgent) users.Delete(Urgent);
        World.IsHealed = true;
        var healed = World.Elapsed;
        if (!World.RunUntil(() => WhyNot() is null, ConvergesWithin, TimeSpan.FromMilliseconds(500)))
        {
            if (World.Violations.Count == 0 && WhyNot() is { } because)
                World.Violate(because.Rule, because.Node, $"{ConvergesWithin.TotalMinutes:0} minutes after the heal: {because.What}");
            return;
        }
        ConvergedAfter = World.Elapsed - healed;
        World.RunFor(Quiet);
        if (World.Violations.Count == 0) World.AtRest();
    }

    Shortcoming? WhyNot() => ClusterState.WhyNot(World, users) ?? ledger.WhyNot();
}
