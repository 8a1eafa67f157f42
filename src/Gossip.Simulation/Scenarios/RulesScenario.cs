using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Simulation.Checkers;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>What goes wrong in a run of <see cref="RulesScenario"/>.</summary>
internal enum Trouble { None, Loss, Partition, Crash }

/// <summary>
/// One seed's run of <see cref="AnyRules"/>: a small cluster, few pods with many rules, one trouble, then rest. Where
/// <see cref="RandomScenario"/> has many faults and simple pods, this has few faults and every rule.
/// </summary>
internal sealed class RulesScenario : IScenario
{
    /// <summary>A back-off ends after a minute at most, and each round may bring another pod in the way.</summary>
    static readonly TimeSpan RestsWithin = TimeSpan.FromMinutes(5);
    static readonly TimeSpan SidesWithin = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RebalancePeriod = TimeSpan.FromSeconds(2);

    /// <summary>A hot spot is one for three periods, and the pod that went from there comes to rest.</summary>
    static readonly TimeSpan MovesAgainWithin = 10 * RebalancePeriod;

    readonly int workloads;
    readonly RandomStream random;
    readonly AnyRules rules;
    readonly Hotline hotline;
    readonly Operators operators;

    public RulesScenario(int nodes, int workloads, ulong seed)
    {
        this.workloads = workloads;
        Trouble = TroubleOf(seed);
        rules = new AnyRules(new RandomStream(StableHash.Mix(seed, 2)));
        World = new World(nodes, seed, NodeTimings.Lan with { RebalancePeriod = RebalancePeriod }, rules.Node, () => Replay(nodes, workloads, seed), WorldFaults.None);
        World.Check([.. CheckerSet.For(World), Cost = new AuctionCostChecker(World)]);
        random = World.RandomStream.For("scenario");
        hotline = new Hotline(World, World.RandomStream.For("users"));
        operators = new Operators(World, World.RandomStream.For("operators"));
    }

    public World World { get; }
    public Trouble Trouble { get; }
    public AuctionCostChecker Cost { get; }

    public TimeSpan? ConvergedAfter { get; private set; }

    public static Trouble TroubleOf(ulong seed) => (Trouble)(seed % 4);

    /// <summary>One of the seeds with that trouble.</summary>
    public static ulong SeedOf(int number, Trouble trouble) => ((ulong)number << 2) + (ulong)trouble;

    public static string Replay(int nodes, int workloads, ulong seed) => string.Create(CultureInfo.InvariantCulture,
        $"gossip sim --any-rules --nodes {nodes} --pods {workloads} --seed {seed}");

    public void Run()
    {
        foreach (var node in World.Nodes) World.After(random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), node.Start);
        World.After(TimeSpan.FromSeconds(1.5), CreateSurroundings);
        for (var i = 0; i < workloads; i++)
        {
            var index = i;
            World.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6)), () => Create(rules.Workload(index)));
        }
        PlanChanges();
        if (Trouble == Trouble.Loss) World.Network.Faults = World.Network.Faults with { Loss = random.Unit() * 0.25, Duplication = 0.05 };
        World.RunFor(TimeSpan.FromSeconds(8));
        if (Trouble == Trouble.Crash) Crash();
        if (Trouble == Trouble.Partition) Split();
        World.RunFor(TimeSpan.FromSeconds(8));
        World.Network.Heal();
        foreach (var node in World.Nodes) node.Start();
        World.RunFor(Quiet);
        World.IsHealed = true;
        var healed = World.Elapsed;
        Await(() => RulesState.WhyNot(World), RestsWithin);
        if (World.Violations.Count == 0) ConvergedAfter = World.Elapsed - healed;
        World.RunFor(Quiet);
        Await(() => RulesState.WhyNot(World), RestsWithin);
        AwaitEven();
        if (World.Violations.Count > 0) return;
        World.AtRest();
        RulesState.CountPlaced(World);
    }

    /// <summary>Everything is asked for before anything is cut off, so that no name is given twice.</summary>
    void CreateSurroundings()
    {
        foreach (var create in rules.Surroundings(World.Nodes.Select(node => node.Config.Card.Name))) Create(create);
    }

    void Create(CreateObject create) => hotline.Ask(create, (node, reply) =>
    {
        if (reply is Refused { Because: not RefusedBecause.AlreadyExists } refused) World.Violate("API", node, $"{create.Name} was refused: {refused}");
    }, 50);

    /// <summary>Somebody deletes one, takes gates away, drains a node for a while, or taints one.</summary>
    void PlanChanges()
    {
        var from = TimeSpan.FromSeconds(9);
        if (random.Chance(0.3) && random.Below(workloads) is var gone)
            World.After(from, () => hotline.Ask(new DeleteObject(rules.Workload(gone).Name, null), (_, _) => { }, 20));
        else if (random.Chance(0.5))
            World.After(from, () =>
            {
                for (var i = 0; i < workloads; i++)
                    if (rules.Workload(i, isOpen: true) is var open && open.Fields.Length < rules.Workload(i).Fields.Length)
                        hotline.Ask(new ReplaceObject(open.Name, 0, open.Fields), (_, _) => { }, 5);
            });
        if (!random.Chance(0.5)) return;
        var touched = random.Below(World.Nodes.Length);
        var isDrain = random.Chance(0.5);
        World.After(from, () =>
        {
            if (isDrain) operators.Drain(touched);
            else operators.Taint(touched);
        });
        foreach (var later in (int[])[15, 30, 45]) World.After(TimeSpan.FromSeconds(later), () => operators.TakeBack(touched));
    }

    void Crash()
    {
        var machine = World.Nodes[random.Below(World.Nodes.Length)];
        machine.LosePower();
        if (random.Chance(0.4)) machine.LoseDisk();
        World.After(random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)), machine.Start);
        foreach (var process in World.Nodes)
        {
            if (process == machine || !random.Chance(0.4)) continue;
            process.Kill();
            World.After(random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5)), process.Start);
        }
    }

    /// <summary>A4, first half: each side comes to have what it can hold.</summary>
    void Split()
    {
        World.Sometimes.Count("the network splits");
        var cut = 1 + random.Below(World.Nodes.Length - 1);
        for (var a = 0; a < World.Nodes.Length; a++)
            for (var b = 0; b < World.Nodes.Length; b++) World.Network.Block(a, b, a < cut != b < cut);
        World.RunFor(TimeSpan.FromSeconds(30));
        SimNode[][] sides = [World.Nodes[..cut], World.Nodes[cut..]];
        Await(() => RulesState.Placed(World, sides[0]) ?? RulesState.Placed(World, sides[1]), SidesWithin);
    }

    /// <summary>D2: pods that may move do so until the load is even, and then no more.</summary>
    void AwaitEven()
    {
        var (moves, since) = (-1, World.Elapsed);
        Await(() =>
        {
            if (World.Nodes.Sum(node => node.Machine!.Rebalancer.Moves) is var now && now > moves) (moves, since) = (now, World.Elapsed);
            if (World.Elapsed - since < MovesAgainWithin) return new Shortcoming("D2", null, string.Create(CultureInfo.InvariantCulture, $"pods go on moving, {moves} times by now"));
            return RulesState.WhyNot(World);
        }, RestsWithin);
        for (var i = 0; i < moves; i++) World.Sometimes.Count("a pod moves to even out the load");
    }

    void Await(Func<Shortcoming?> whyNot, TimeSpan within)
    {
        if (!World.RunUntil(() => whyNot() is null, within, Look) && World.Violations.Count == 0 && whyNot() is { } because)
            World.Violate(because.Rule, because.Node, $"{within.TotalMinutes:0} minutes later: {because.What}");
    }
}
