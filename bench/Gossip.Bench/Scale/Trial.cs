using System.Diagnostics;
using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Simulation;
using Gossip.Simulation.Scenarios;

namespace Gossip.Bench.Scale;

/// <summary>One simulated cluster whose nodes know each other already, and what is done to it.</summary>
sealed class Trial
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    readonly Stopwatch wall = Stopwatch.StartNew();
    readonly RandomStream random;
    int names;

    public Trial(int nodes, ulong seed, NodeTimings timings, int podsEach)
    {
        World = new World(nodes, seed, timings, index => Manifests.Node(index, podsEach), () => string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), WorldFaults.None, large: true);
        Admissions = new Admissions(World);
        World.Check([Admissions]);
        random = World.RandomStream.For("trial");
        foreach (var node in World.Nodes) World.After(TimeSpan.Zero, node.Start); // all at once: they believe each other alive
        World.RunFor(TimeSpan.FromSeconds(6)); // every node has told that it takes pods, and all know
    }

    public World World { get; }
    public Admissions Admissions { get; }
    public TimeSpan Now => World.Elapsed;
    public TimeSpan Wall => wall.Elapsed;

    /// <summary>When users asked for what they were promised.</summary>
    public Dictionary<Uid, TimeSpan> Asked { get; } = [];

    /// <summary>A user asks some node for pods.</summary>
    public void Create(int replicas)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"w{names++}");
        var from = Now;
        var node = World.Nodes[random.Below(World.Nodes.Length)];
        node.Ask(replicas == 1 ? Manifests.Pod(name, 100, "") : Manifests.Deployment(name, replicas, 100), reply =>
        {
            if (reply is not ObjectStored { Object: var stored }) throw new InvalidOperationException($"{name}: {reply}");
            Asked[stored.Uid] = from;
        });
    }

    public bool RunUntil(Func<bool> holds, int seconds) => Alive(World.RunUntil(holds, TimeSpan.FromSeconds(seconds), Glance));

    public void RunFor(TimeSpan time)
    {
        World.RunFor(time);
        Alive(true);
    }

    /// <summary>How many pods run on machines that have power.</summary>
    public int Running
    {
        get
        {
            var running = 0;
            foreach (var node in World.Nodes)
                if (node.HasPower)
                    foreach (var pod in node.Runtime.Pods.Values) running += pod.Runs ? 1 : 0;
            return running;
        }
    }

    public void Cut(bool isCut)
    {
        var half = World.Nodes.Length / 2;
        for (var a = 0; a < half; a++)
            for (var b = half; b < World.Nodes.Length; b++)
            {
                World.Network.Block(a, b, isCut);
                World.Network.Block(b, a, isCut);
            }
    }

    bool Alive(bool held) => World.Violations.Count == 0 ? held : throw new InvalidOperationException(World.Violations[0].ToString());
}
