namespace Gossip.Bench.Placement;

/// <summary>One of scheduler_perf's workloads, rebuilt: which pods are to be placed, and which are there before.</summary>
/// <param name="ScheduleFloor">What Kubernetes' own tests demand of kube-scheduler at 5,000 nodes, in pods a second; 0: none known.</param>
/// <param name="Zones">Into how many the nodes fall.</param>
/// <param name="Wanted">How many of them to place, of so many nodes.</param>
/// <param name="Filled">How many alike are there already in the run that shows that it does not matter, of so many nodes.</param>
sealed record Workload(string Name, int ScheduleFloor, int Zones, string Spec, Func<int, int> Wanted, Func<int, int> Filled)
{
    /// <summary>The runs that have pods placed already have so many plain ones on every node as well.</summary>
    public const int PlainEach = 8;

    /// <summary>Pods of lower priority that fill each node in every run, so that ours fit only by evicting some; 0: none.</summary>
    public int LowEach { get; init; }

    /// <summary>What one of ours asks for.</summary>
    public string Cpu { get; init; } = "100m";

    static readonly string PlainSpec = "";
    const string Important = ""","priorityClassName":"system-cluster-critical" """;

    public static readonly Workload[] All =
    [
        new("basic", 680, 3, PlainSpec, Several, Tenfold),
        new("hostname-anti-affinity", 60, 3, AntiAffinity("kubernetes.io/hostname"), Some, nodes => nodes / 5),
        new("zone-affinity", 35, 1, Affinity(BenchCluster.Zone), Several, Tenfold),
        new("zone-affinity-1-of-10", 0, 10, Affinity(BenchCluster.Zone), Some, nodes => 0),
        new("preferred-affinity", 90, 3, Preferred("podAffinity", "kubernetes.io/hostname"), Several, Tenfold),
        new("node-affinity", 220, 3, NodeAffinity(BenchCluster.Zone, "zone-0", "zone-1"), Several, Tenfold),
        new("spread", 460, 3, Spread(BenchCluster.Zone), Several, Tenfold),
        new("preemption", 0, 3, Important, Some, nodes => 0) { LowEach = 4, Cpu = "3" },
    ];

    /// <summary>Where there is something to evict, they are small and not to be evicted.</summary>
    public string Plain => LowEach == 0 ? Template(PlainSpec, "plain") : Template(Important, "plain", "10m", "50Mi");
    public string Low => Template(PlainSpec, "low", "900m");
    public string PodTemplate => Template(Spec, "ours", Cpu);

    static int Several(int nodes) => Math.Min(4 * nodes, 4000);
    static int Some(int nodes) => Math.Min(nodes / 2, 1000);
    static int Tenfold(int nodes) => Math.Min(10 * nodes, 50_000);

    static string Template(string spec, string app, string cpu = "100m", string memory = "500Mi") => $$$"""{"metadata":{"labels":{"app":"{{{app}}}"}},"spec":{"runtimeClassName":"process","containers":[{"name":"pause","image":"pause","resources":{"requests":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}"} } }]{{{spec}}} } }""";

    const string Ours = """{"matchLabels":{"app":"ours"}}""";

    static string AntiAffinity(string key) => $$$""","affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"{{{key}}}","labelSelector":{{{Ours}}}}]}}""";
    static string Affinity(string key) => $$$""","affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"{{{key}}}","labelSelector":{{{Ours}}}}]}}""";
    static string Preferred(string which, string key) => $$$""","affinity":{"{{{which}}}":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"podAffinityTerm":{"topologyKey":"{{{key}}}","labelSelector":{{{Ours}}}}}]}}""";
    static string NodeAffinity(string key, params string[] values) => $$$""","affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"{{{key}}}","operator":"In","values":["{{{string.Join("\",\"", values)}}}"]}]}]} } }""";
    static string Spread(string key) => $$$""","topologySpreadConstraints":[{"maxSkew":5,"topologyKey":"{{{key}}}","whenUnsatisfiable":"DoNotSchedule","labelSelector":{{{Ours}}}}]""";
}
