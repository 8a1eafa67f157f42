using System.Globalization;
using System.Text;
using Gossip.Core.Membership;
using Gossip.Simulation.Checkers;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation;

/// <summary>
/// A scenario that reads as a sentence, and runs as it is read:
/// <c>Cluster.Of(50).Seed(7).Pods(500).Partition(0..25).For(10.Seconds()).Heal().ExpectOneOwnerPerPod()</c>.
/// A violation of any watched rule, or an expectation that does not come true, throws <see cref="ScenarioFailed"/>
/// with the sentence so far.
/// </summary>
public sealed class Cluster
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    readonly int nodes;
    readonly StringBuilder sentence = new();
    ulong seed = 1;
    int pods;
    NodeTimings timings = NodeTimings.Lan;
    WorldFaults faults = WorldFaults.None;
    World? world;
    Users? users;
    Operators? operators;
    AuctionCostChecker? cost;

    Cluster(int nodes) => this.nodes = nodes;

    /// <summary>A cluster of that many machines, one process each.</summary>
    public static Cluster Of(int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        return new Cluster(nodes).Said($"Cluster.Of({nodes})");
    }

    public Cluster Seed(ulong value) => Before(() => seed = value).Said($".Seed({value})");

    /// <summary>So many pods in some deployments, one pod that only few nodes may run, and one that fits nowhere.</summary>
    public Cluster Pods(int count) => Before(() => pods = count).Said($".Pods({count})");

    public Cluster With(NodeTimings value) => Before(() => timings = value).Said(".With(timings)");

    /// <summary>That machine's node bids the most for everything, moves its version all the time, and admits nothing.</summary>
    public Cluster Liar(int node) => Before(() => faults = faults with { Liar = node }).Said($".Liar({node})");

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Elapsed => World.Elapsed;

    /// <summary>Over every event so far: equal scenarios with equal seeds have equal hashes.</summary>
    public ulong TraceHash => World.Hash;

    public long Events => World.Events;

    /// <summary>How long the last expectation took to come true, in virtual time.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>What it took, on average, to find a place for a pod that has one.</summary>
    public double MessagesPerPod => cost!.Placed.Average();

    public long Sometimes(string what) => World.Sometimes[what];

    /// <summary>Small objects of users who remember every value that was acknowledged.</summary>
    internal Ledger Ledger { get; private set; } = null!;

    internal World World => world ?? throw new InvalidOperationException("nothing has run yet: say For or Expect first");

    /// <summary>Time passes.</summary>
    public Cluster For(TimeSpan time) => Doing($".For({time.TotalSeconds:0.###} s)", w => w.RunFor(time));

    /// <summary>Cuts those machines off from all others, both ways.</summary>
    public Cluster Partition(Range side) => Doing($".Partition({side})", w => Cut(w, side));

    /// <summary>What <paramref name="from"/> sends to <paramref name="to"/> is lost; the other way works.</summary>
    public Cluster OneWay(int from, int to) => Doing($".OneWay({from}, {to})", w => w.Network.Block(from, to, true));

    /// <summary>That share of all datagrams is lost, each way.</summary>
    public Cluster Loss(double share) => Doing($".Loss({share})", w => w.Network.Faults = w.Network.Faults with { Loss = share });

    /// <summary>That share of all datagrams takes up to so much longer, and is overtaken.</summary>
    public Cluster Stragglers(double share, TimeSpan delay) => Doing($".Stragglers({share}, {delay.TotalSeconds} s)",
        w => w.Network.Faults = w.Network.Faults with { Stragglers = share, StragglerDelay = delay });

    /// <summary>A user wants so many pods more: perhaps more than there is room for.</summary>
    public Cluster Crowd(int pods) => Doing($".Crowd({pods})", _ => users!.Create("crowd", pods, 100));

    /// <summary>A user wants so many pods, three times as big and of greater priority than all others.</summary>
    public Cluster Urgent(int pods) => Doing($".Urgent({pods})", _ =>
    {
        users!.CreatePriorities();
        users.Create("urgent", pods, 300, PodShape.Plain, "major");
    });

    /// <summary>Users want so many singletons, with the first machines for voters.</summary>
    public Cluster Singletons(int pods) => Doing($".Singletons({pods})", _ => users!.CreateSingletons(pods, 100));

    /// <summary>A user asks one node to change the voters; when it cannot be done now, nothing happens.</summary>
    public Cluster ChangeVoters(int node, string add = "", string remove = "") => Doing($".ChangeVoters({node}, \"{add}\", \"{remove}\")",
        w => w.Nodes[node].Ask(new Core.Requests.ChangeVoters(add.Length > 0 ? [add] : [], remove.Length > 0 ? [remove] : []), _ => { }));

    /// <summary>A user wants a pod with annotations, written as JSON members.</summary>
    public Cluster Annotated(string name, string annotations) => Doing($".Annotated({name}, {annotations})", _ => users!.CreateAnnotated(name, annotations));

    /// <summary>The voters as a node knows them.</summary>
    public IReadOnlyList<string> VotersOn(int node) => World.Nodes[node].Machine?.Voters.List?.Names ?? [];

    /// <summary>The machines on which anything of the pod runs.</summary>
    public IReadOnlyList<int> Running(string pod) =>
        [.. World.Nodes.Where(node => node.Runtime.Pods.Values.Any(held => held.Launch.Name == pod && held.IsAnythingUp)).Select(node => node.Index)];

    /// <summary>Users want so many pods that are to be spread over the zones, each a workload of its own.</summary>
    public Cluster Spread(int pods) => Doing($".Spread({pods})", _ => users!.CreateEven(pods, 100));

    /// <summary>A user wants so many pods that may be moved to even out the load.</summary>
    public Cluster Movable(int pods) => Doing($".Movable({pods})", _ => users!.Create("movable", pods, 100, PodShape.Movable));

    /// <summary>A user wants so many copies, spread over the machines and none running twice: as host apps want theirs.</summary>
    public Cluster Copies(int pods) => Doing($".Copies({pods})", _ => users!.Create("copies", pods, 100, PodShape.Copies));

    /// <summary>What ends on that machine takes so long, if its grace allows.</summary>
    public Cluster SlowToStop(int node, TimeSpan takes) => Doing($".SlowToStop({node}, {takes.TotalSeconds} s)",
        w => w.Nodes[node].Runtime.Faults = w.Nodes[node].Runtime.Faults with { StopDelay = takes });

    /// <summary>How many pods were moved to spread them, by the nodes that live.</summary>
    public int SpreadMoves => World.Nodes.Sum(node => node.Machine?.Spreader.Moves ?? 0);

    /// <summary>The names of what runs, once for each machine on which it does.</summary>
    public IEnumerable<string> RunningNow =>
        World.Nodes.SelectMany(node => node.Runtime.Pods.Values.Where(held => held.IsAnythingUp).Select(held => held.Launch.Name));

    /// <summary>How many pods were moved to even out the load, by the nodes that live.</summary>
    public int Moves => World.Nodes.Sum(node => node.Machine?.Rebalancer.Moves ?? 0);

    /// <summary>A user wants so many pods together, or none.</summary>
    public Cluster Gang(string name, int pods) => Doing($".Gang({name}, {pods})", _ => users!.CreateGang(name, pods, 100));

    public Cluster DeleteGang(string name) => Doing($".DeleteGang({name})", _ => users!.DeleteGang(name));

    /// <summary>Stops in the middle of a gang's commit: some of its pods have their places, and not all that it needs.</summary>
    public Cluster UntilPartlyAdmitted(string name) => Doing($".UntilPartlyAdmitted({name})",
        w => w.RunUntil(() => Herds.IsPartlyAdmitted(w, name), Patience, TimeSpan.FromMilliseconds(0.2)));

    /// <summary>How many pods of a gang run.</summary>
    public int RunningOf(string gang) => Herds.Running(World, gang);

    /// <summary>Of those gangs one runs, and of the others nothing does.</summary>
    public Cluster ExpectOneOf(params string[] gangs) => Expect($"ExpectOneOf({string.Join(", ", gangs)})", w => Herds.OneRunsWhyNot(w, gangs));

    /// <summary>Kills the process; the machine, its disk and its pods stay.</summary>
    public Cluster Kill(int node) => Doing($".Kill({node})", w => w.Nodes[node].Kill());

    /// <summary>The machine goes, with its pods and whatever its disk had not synced.</summary>
    public Cluster LoseMachine(int node) => Doing($".LoseMachine({node})", w => w.Nodes[node].LosePower());

    /// <summary>The machine goes, and its disk with it.</summary>
    public Cluster LoseMachineAndDisk(int node) => Doing($".LoseMachineAndDisk({node})", w =>
    {
        w.Nodes[node].LosePower();
        w.Nodes[node].LoseDisk();
    });

    /// <summary>Stores are compacted every few kilobytes, so that there are snapshots.</summary>
    public Cluster SmallLogs() => Doing(".SmallLogs()", w =>
    {
        foreach (var node in w.Nodes) node.CompactAt = 4096;
    });

    /// <summary>A bit of that machine's snapshot turns, while its node is down.</summary>
    public Cluster RotSnapshot(int node) => Damage($".RotSnapshot({node})", node,
        (store, w) => store.DamageSnapshot(w.RandomStream.For("rot")));

    /// <summary>That machine's snapshot is gone, while its node is down.</summary>
    public Cluster LoseSnapshot(int node) => Damage($".LoseSnapshot({node})", node, (store, _) => store.LoseSnapshot());

    /// <summary>A bit of that machine's log turns, while its node is down: somewhere, by the seed.</summary>
    public Cluster RotLog(int node) => Damage($".RotLog({node})", node, (store, w) => store.DamageLog(w.RandomStream.For("rot")));

    /// <summary>That machine's log is gone, while its node is down.</summary>
    public Cluster LoseLog(int node) => Damage($".LoseLog({node})", node, (store, _) => store.LoseLog());

    /// <summary>That machine's log and snapshot are gone, while its node is down.</summary>
    public Cluster LoseLogAndSnapshot(int node) => Damage($".LoseLogAndSnapshot({node})", node,
        (store, _) => store.LoseLog() | store.LoseSnapshot());

    /// <summary>Somebody puts the log (or the snapshot) of another machine into that machine's folder, while its node is down.</summary>
    public Cluster SwapFile(int node, int from, bool isLog) => Damage($".SwapFile({node}, {from}, {isLog})", node,
        (store, w) => store.Swap(w.Nodes[from].Store, isLog));

    /// <summary>From now on an fsync of that machine's disk takes so long.</summary>
    public Cluster SlowDisk(int node, TimeSpan sync) =>
        Doing($".SlowDisk({node}, {sync.TotalSeconds} s)", w => w.Nodes[node].SyncDelay = sync);

    /// <summary>That machine's disk is full, or has room again.</summary>
    public Cluster FillDisk(int node, bool isFull) => Doing($".FillDisk({node}, {isFull})", w => w.Nodes[node].FillDisk(isFull));

    /// <summary>From now on every fsync of that machine's disk fails, or none does.</summary>
    public Cluster FailDisk(int node, bool fails) => Doing($".FailDisk({node}, {fails})", w => w.Nodes[node].FailsToSync = fails);

    /// <summary>The most copies of a pod that run at once, looked at often, for so long.</summary>
    public Cluster WatchCopies(TimeSpan time, out int most)
    {
        var seen = 0;
        for (var left = time; left > TimeSpan.Zero; left -= Glance)
        {
            For(Glance);
            foreach (var copies in RunningNow.CountBy(name => name)) seen = Math.Max(seen, copies.Value);
        }
        most = seen;
        return this;
    }

    /// <summary>From its next start on, that machine's node takes the loss of what its disk lost.</summary>
    public Cluster AcceptLoss(int node) => Doing($".AcceptLoss({node})", w => w.Nodes[node].AcceptsLoss = true);

    /// <summary>Why that machine's node did not start; null when it did.</summary>
    public string? RefusalOf(int node) => World.Nodes[node].Refusal;

    Cluster Damage(string words, int node, Func<Machines.SimStore, World, bool> how) => Doing(words, w =>
    {
        if (w.Nodes[node].IsUp) throw new InvalidOperationException("kill the node first");
        if (!w.Nodes[node].DamageDisk(store => how(store, w))) throw new InvalidOperationException("there is no such file on its disk");
    });

    public Cluster Restart(int node) => Doing($".Restart({node})", w => w.Nodes[node].Start());
    public Cluster Pause(int node) => Doing($".Pause({node})", w => w.Nodes[node].Pause());
    public Cluster Resume(int node) => Doing($".Resume({node})", w => w.Nodes[node].Resume());
    public Cluster StepWallClock(int node, TimeSpan by) => Doing($".StepWallClock({node}, {by})", w => w.Nodes[node].Clock.Step(by));

    /// <summary>A user scales the deployment <c>web-N</c>.</summary>
    public Cluster Scale(int workload, int replicas) => Doing($".Scale({workload}, {replicas})", _ => users!.Scale($"web-{workload}", replicas));

    /// <summary>A user changes the template of <c>web-N</c>: every pod of it is another.</summary>
    public Cluster Edit(int workload) => Doing($".Edit({workload})", _ => users!.Edit($"web-{workload}"));

    public Cluster Delete(int workload) => Doing($".Delete({workload})", _ => users!.Delete($"web-{workload}"));

    /// <summary>Of the pods of <c>web-N</c> at most so many may be missing on purpose.</summary>
    public Cluster Budget(int workload, int maxUnavailable) => BudgetOf($"web-{workload}", maxUnavailable);

    public Cluster BudgetOf(string deployment, int maxUnavailable) => Doing($".BudgetOf({deployment}, {maxUnavailable})",
        _ => operators!.Budget(deployment, "maxUnavailable", maxUnavailable.ToString(CultureInfo.InvariantCulture)));

    /// <summary>An operator drains that machine's node, for as long as it takes.</summary>
    public Cluster Drain(int node) => Doing($".Drain({node})", _ => operators!.Drain(node));

    /// <summary>An operator taints that machine's node with NoExecute.</summary>
    public Cluster Taint(int node) => Doing($".Taint({node})", _ => operators!.Taint(node));

    /// <summary>An operator uncordons it, and takes its taints away.</summary>
    public Cluster TakeBack(int node) => Doing($".TakeBack({node})", _ => operators!.TakeBack(node));

    /// <summary>Nothing runs on that machine any more.</summary>
    public Cluster ExpectEmpty(int node) => Expect($"ExpectEmpty({node})",
        w => w.Nodes[node].Runtime.Pods.Count == 0 ? null : new Shortcoming("D2", w.Nodes[node], $"still runs {w.Nodes[node].Runtime.Pods.Count} pods"));

    /// <summary>No two machines differ by more than so many pods.</summary>
    public Cluster ExpectEven(int apart) => Expect($"ExpectEven({apart})", w =>
    {
        var fullest = w.Nodes.MaxBy(node => node.Runtime.Pods.Count)!;
        var least = w.Nodes.Min(node => node.Runtime.Pods.Count);
        return fullest.Runtime.Pods.Count - least <= apart ? null : new Shortcoming("D3", fullest, $"runs {fullest.Runtime.Pods.Count} pods, another {least}");
    });

    /// <summary>The network works again; who is down stays down.</summary>
    public Cluster Heal() => Doing(".Heal()", w =>
    {
        w.Network.Heal();
        w.IsHealed = true;
    });

    /// <summary>Every live node knows every live node as alive, and nobody else.</summary>
    public Cluster ExpectAllMembersAgree() => Expect("ExpectAllMembersAgree()", w => ClusterState.Members(w));

    /// <summary>Members agree, tables are equal, and every pod that fits runs on exactly one node.</summary>
    public Cluster ExpectOneOwnerPerPod() => Expect("ExpectOneOwnerPerPod()", w => ClusterState.WhyNot(w, users!));

    /// <summary>What was acknowledged is there with its value, and everything else is as it should be.</summary>
    internal Cluster ExpectValues() => Expect("ExpectValues()", w => ClusterState.WhyNot(w, users!) ?? Ledger.WhyNot());

    /// <summary>No zone has two more of the pods to be spread than another; and everything else that is to be.</summary>
    public Cluster ExpectSpread() => Expect("ExpectSpread()", w => ClusterState.WhyNot(w, users!) ?? Neighbours.EvenWhyNot(w));

    /// <summary>Every pod of the deployment runs, whatever becomes of others.</summary>
    public Cluster ExpectRuns(string deployment) => Expect($"ExpectRuns({deployment})", w => ClusterState.RunsWhyNot(w, deployment));

    /// <summary>Looks at nothing but the rules that are watched all the time, and those that hold at rest.</summary>
    public Cluster ExpectRest()
    {
        ExpectOneOwnerPerPod().For(TimeSpan.FromSeconds(5));
        return Doing(".ExpectRest()", w => w.AtRest());
    }

    /// <summary>Those machines alone run every pod that fits them: what each side of a partition must do.</summary>
    public Cluster ExpectEveryPodWithin(Range side) => Expect($"ExpectEveryPodWithin({side})", w => ClusterState.Within(w, side));

    Cluster Before(Action set)
    {
        if (world is not null) throw new InvalidOperationException("say this before anything runs");
        set();
        return this;
    }

    Cluster Doing(string words, Action<World> what)
    {
        Said(words);
        Begin();
        what(World);
        if (World.Violations.Count > 0) throw new ScenarioFailed(World.Violations);
        return this;
    }

    Cluster Expect(string words, Func<World, Shortcoming?> whyNot)
    {
        Said($".{words}");
        Begin();
        var from = World.Elapsed;
        if (!World.RunUntil(() => whyNot(World) is null, Patience, Glance) && World.Violations.Count == 0 && whyNot(World) is { } because)
            World.Violate(because.Rule, because.Node, because.What);
        Took = World.Elapsed - from;
        if (World.Violations.Count > 0) throw new ScenarioFailed(World.Violations);
        return this;
    }

    void Begin()
    {
        if (world is not null) return;
        var podsEach = Math.Max(4, (3 * pods + nodes - 1) / nodes); // so that half of the machines have room for all of it
        world = new World(nodes, seed, timings, index => Manifests.Node(index, podsEach), () => sentence.ToString(), faults);
        world.Check([.. CheckerSet.For(world), cost = new AuctionCostChecker(world)]);
        users = new Users(world, world.RandomStream.For("users"));
        Ledger = new Ledger(world, world.RandomStream.For("ledger"));
        operators = new Operators(world, world.RandomStream.For("operators"));
        foreach (var node in world.Nodes) world.After(TimeSpan.FromMilliseconds(node.Index), node.Start);
        if (pods > 0) world.After(TimeSpan.FromSeconds(1.5), () => users.CreateEverything(pods, 100));
        world.RunFor(TimeSpan.FromSeconds(1.6)); // every user has asked
    }

    Cluster Said(string words)
    {
        sentence.Append(CultureInfo.InvariantCulture, $"{words}");
        return this;
    }

    static void Cut(World world, Range side)
    {
        var (offset, length) = side.GetOffsetAndLength(world.Nodes.Length);
        for (var a = 0; a < world.Nodes.Length; a++)
            for (var b = 0; b < world.Nodes.Length; b++)
                if (a - offset is var i && b - offset is var j && (i >= 0 && i < length) != (j >= 0 && j < length))
                    world.Network.Block(a, b, true);
    }
}

/// <summary>A scenario broke a rule or did not come to what was expected of it.</summary>
public sealed class ScenarioFailed(IReadOnlyList<Violation> violations) : Exception(string.Join('\n', violations))
{
    public IReadOnlyList<Violation> Violations => violations;
}
