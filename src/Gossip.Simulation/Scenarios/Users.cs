using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// People with kubectl: they ask whichever node is up, try another when theirs dies, and remember what was promised
/// to them.
/// </summary>
internal sealed class Users(World world, RandomStream random)
{
    sealed record Promise(ObjectName Name, SimNode By, int Disk);

    readonly Hotline hotline = new(world, random);
    readonly List<Promise> promises = [];
    readonly HashSet<ObjectName> deleted = [];
    readonly Dictionary<string, (int Replicas, int Cpu, string Version, PodShape Shape, string Priority)> deployments = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> roomFor = new(StringComparer.Ordinal); // replicas that each may be scaled to, so that all fit
    readonly List<string> names = [];

    /// <summary>Creates deployments that together have <paramref name="pods"/> pods, a pod that is picky, and one that fits nowhere.</summary>
    /// <param name="mixed">Some of the deployments have pods of several containers, with probes and hooks, and some depend on the picky pod; two pods run to completion.</param>
    public void CreateEverything(int pods, int milliCpu, bool mixed = false)
    {
        if (mixed) CreatePriorities();
        var workloads = Math.Clamp(pods / 10, 1, 8);
        for (var i = 0; i < workloads; i++)
        {
            var replicas = pods / workloads + (i < pods % workloads ? 1 : 0);
            Create($"web-{i}", replicas, milliCpu, mixed ? (PodShape)random.Below(3) : PodShape.Plain, mixed ? AnyPriority() : "");
        }
        Promised(Manifests.Pod("picky", milliCpu, """nodeSelector:{"disk":"ssd"}"""));
        Promised(Manifests.Pod("giant", 1_000_000, ""));
        foreach (var pod in Neighbours.ApartPods(world.Nodes.Length, milliCpu)) Promised(pod);
        if (!mixed) return;
        CreateGang("team", Math.Clamp(pods / 10, 2, 6), milliCpu);
        // Each of it fits more than half of a machine, and it has one more than there are machines.
        if (random.Chance(0.5))
            CreateGang("throng", world.Nodes.Length + 1, world.Nodes[0].Config.Card.Allocatable.Cpu.Value is var cpu ? (int)(cpu / 2 + 1) : 0);
        CreateSingletons(2, milliCpu);
        Promised(Manifests.Service("picky"));
        foreach (var policy in (string[])["Never", "OnFailure"])
            Promised(Manifests.Pod("job-" + policy.ToLowerInvariant(), milliCpu, $"restartPolicy:\"{policy}\"", "once"));
    }

    /// <summary>A gang of two workloads, that needs all its pods but one when it has more than three.</summary>
    public void CreateGang(string name, int pods, int milliCpu)
    {
        var min = pods > 3 && name == "team" ? pods - 1 : pods;
        Promised(Herds.Deployment(name, 0, pods / 2, min, milliCpu));
        Promised(Herds.Deployment(name, 1, pods - pods / 2, min, milliCpu));
    }

    public void DeleteGang(string name)
    {
        for (var part = 0; part < 2; part++)
        {
            deleted.Add(Herds.NameOf(name, part));
            hotline.Ask(new DeleteObject(Herds.NameOf(name, part), null), (_, _) => { }, 20);
        }
    }

    /// <summary>So many pods that must never run twice, and who grants them: machines that are never lost for good have the majority.</summary>
    public void CreateSingletons(int count, int milliCpu)
    {
        int[] voters = world.Nodes.Length > 5 ? [0, 1, 5] : [.. Enumerable.Range(0, Math.Min(3, world.Nodes.Length))];
        Promised(Manifests.Voters(voters.Select(index => world.Nodes[index].Config.Card.Name)));
        for (var i = 0; i < count; i++)
            Promised(Manifests.Annotated($"only-{i}", milliCpu, $""" "gossip.dev/singleton":"true","gossip.dev/loss-grace":"{(i % 2 == 0 ? "10s" : "1s")}" """));
    }

    public void CreateAnnotated(string name, string annotations) => Promised(Manifests.Annotated(name, 100, annotations));

    /// <summary>Pods that are to be spread over the zones, all at once and each through whom it may.</summary>
    public void CreateEven(int count, int milliCpu)
    {
        foreach (var pod in Neighbours.EvenPods(count, milliCpu)) Promised(pod);
    }

    public void Create(string name, int replicas, int milliCpu, PodShape shape = PodShape.Plain, string priority = "")
    {
        names.Add(name);
        roomFor[name] = replicas + replicas / 5;
        deployments[name] = (replicas, milliCpu, "1", shape, priority);
        Promised(Manifests.Deployment(name, replicas, milliCpu, "1", shape, priority));
    }

    public void CreatePriorities()
    {
        foreach (var (name, value) in Manifests.Priorities) Promised(Manifests.Priority(name, value));
    }

    /// <summary>Half of all have none.</summary>
    public string AnyPriority() => random.Chance(0.5) ? "" : Manifests.Priorities[random.Below(Manifests.Priorities.Length)].Name;

    /// <summary>
    /// Scales a deployment by up to a fifth either way, and never to more than a fifth above what it began with: there is room for that.
    /// </summary>
    public void ScaleOne()
    {
        if (Pick() is not { } name) return;
        world.Sometimes.Count("a user scales");
        var now = deployments[name];
        var replicas = now.Replicas + random.Below(now.Replicas / 5 * 2 + 3) - now.Replicas / 5 - 1;
        Change(name, now with { Replicas = Math.Clamp(replicas, 1, roomFor[name]) });
    }

    /// <summary>Changes the template, so that every pod is another.</summary>
    public void EditOne()
    {
        if (Pick() is not { } name) return;
        world.Sometimes.Count("a user edits");
        Edit(name);
    }

    public void Edit(string name)
    {
        var now = deployments[name];
        Change(name, now with { Version = now.Version + "." + random.Below(10) });
    }

    public void DeleteOne()
    {
        if (names.Count < 2 || Pick() is not { } name) return;
        world.Sometimes.Count("a user deletes");
        Delete(name);
    }

    public void Delete(string name)
    {
        names.Remove(name);
        deleted.Add(Manifests.NameOf(name));
        hotline.Ask(new DeleteObject(Manifests.NameOf(name), null), (_, _) => { }, 20);
    }

    public void Scale(string name, int replicas) => Change(name, deployments[name] with { Replicas = replicas });

    /// <summary>Objects that somebody was told are stored, and whose promise no lost disk excuses.</summary>
    public IEnumerable<ObjectName> Kept() =>
        from promise in promises
        where promise.By.Disks == promise.Disk && !deleted.Contains(promise.Name)
        select promise.Name;

    string? Pick() => names.Count == 0 ? null : names[random.Below(names.Count)];

    void Change(string name, (int Replicas, int Cpu, string Version, PodShape Shape, string Priority) to)
    {
        deployments[name] = to;
        hotline.Ask(Manifests.Changed(name, to.Replicas, to.Cpu, to.Version, to.Shape, to.Priority), (_, _) => { }, 5);
    }

    void Promised(CreateObject create) => hotline.Ask(create, (node, reply) =>
    {
        if (reply is ObjectStored) promises.Add(new Promise(create.Name, node, node.Disks));
        else if (reply is Refused { Because: not RefusedBecause.AlreadyExists } refused)
            world.Violate("API", node, $"{create.Name} was refused: {refused}");
    }, 50);
}
