using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>When the containers of a pod start again.</summary>
public enum PodRestartPolicy : byte
{
    /// <summary>Whenever they end.</summary>
    Always,

    /// <summary>When they end badly.</summary>
    OnFailure,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>The protocol of a port.</summary>
public enum PortProtocol : byte
{
    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,

    /// <summary>SCTP.</summary>
    Sctp,
}

/// <summary>A port of the host that at most one pod on a node may have.</summary>
public readonly record struct HostPort(ushort Number, PortProtocol Protocol);

/// <summary>
/// The typed view of a pod template: what the core decides by. The manifest's own JSON stays in the object's cells,
/// with everything that this view does not know.
/// </summary>
/// <param name="Hash">Stable hash of the template's canonical bytes; part of every pod's id.</param>
/// <param name="Requests">Of the whole pod: containers summed, one pod.</param>
/// <param name="RuntimeClass">Which runtime runs it; <see cref="RuntimeNames.Containers"/> when the manifest names none.</param>
/// <param name="NodeName">The only node it may run on, or empty.</param>
/// <param name="LossGrace">How long after its node's death it is replaced; null for the cluster's default. Annotation <c>gossip.dev/loss-grace</c>.</param>
public sealed record PodTemplate(
    ulong Hash,
    Labels Labels,
    Labels Annotations,
    ImmutableArray<ContainerSpec> Containers,
    Resources Requests,
    Labels NodeSelector,
    ImmutableArray<Toleration> Tolerations,
    ImmutableArray<HostPort> HostPorts,
    string RuntimeClass,
    string NodeName,
    PodRestartPolicy RestartPolicy,
    TimeSpan TerminationGrace,
    TimeSpan? LossGrace)
{
    /// <summary>In the order in which they start: init containers and sidecars.</summary>
    public ImmutableArray<ContainerSpec> InitContainers { get; init; } = [];

    /// <summary>The volumes that its containers mount.</summary>
    public ImmutableArray<Volume> Volumes { get; init; } = [];

    /// <summary>Which nodes will do, and which are better.</summary>
    public NodeAffinity NodeAffinity { get; init; } = NodeAffinity.None;

    /// <summary>Which pods it must or would be near to, or away from.</summary>
    public PodAffinity PodAffinity { get; init; } = PodAffinity.None;

    /// <summary>How its copies spread over zones or nodes.</summary>
    public ImmutableArray<TopologySpread> TopologySpread { get; init; } = [];

    /// <summary>Names of what it waits for: while there is any, nobody is asked to run it.</summary>
    public ImmutableArray<string> SchedulingGates { get; init; } = [];

    /// <summary>Empty: the default's, if there is one.</summary>
    public string PriorityClassName { get; init; } = "";

    /// <summary>Whether it may have pods of lower priority evicted when it fits nowhere; null: as its class says.</summary>
    public bool? MayPreempt { get; init; }

    /// <summary>The pod's name unless the manifest says otherwise.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>It has the node's network instead of its own.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Group that owns the volumes.</summary>
    public long? FsGroup { get; init; }

    /// <summary>From its start on the node; beyond it the pod has failed.</summary>
    public TimeSpan? ActiveDeadline { get; init; }

    /// <summary>Secrets of type <c>kubernetes.io/dockerconfigjson</c> with which images are pulled.</summary>
    public ImmutableArray<string> PullSecrets { get; init; } = [];

    /// <summary>Of each container that an engine runs: <see cref="NodeImages.IdOf"/> its image.</summary>
    public ImmutableArray<ulong> Images { get; init; } = [];

    /// <summary>Shares of a device, or whole ones; null for none. Resources <c>gossip.dev/gpu</c> and <c>gossip.dev/gpu-milli</c>.</summary>
    public DeviceRequest? Device { get; init; }

    /// <summary>Processes and threads a pod may have. Annotation <c>gossip.dev/pids-limit</c>.</summary>
    public int PidsLimit { get; init; } = DefaultPidsLimit;

    /// <summary>Services of its namespace without a ready endpoint of which it does not start. Annotation <c>gossip.dev/depends-on</c>.</summary>
    public ImmutableArray<string> DependsOn { get; init; } = [];

    /// <summary>Its containers start anew when such a service was lost. Annotation <c>gossip.dev/on-dependency-loss: restart</c>.</summary>
    public bool RestartsWithDependencies { get; init; }

    /// <summary>It starts together with others or not at all; null for a pod on its own.</summary>
    public GangTerms? Gang { get; init; }

    /// <summary>It never runs twice at any instant: only with leases of a majority of the voters. Annotation <c>gossip.dev/singleton</c>.</summary>
    public bool IsSingleton { get; init; }

    /// <summary>Of two copies that meet when a partition heals the later admitted stays. Annotation <c>gossip.dev/on-heal: newest</c>.</summary>
    public bool KeepsNewest { get; init; }

    /// <summary>It ends on a node that sees no majority of those it knew. Annotation <c>gossip.dev/when-alone: stop</c>.</summary>
    public bool StopsAlone { get; init; }

    /// <summary>It may be stopped where it runs well and started elsewhere to even out the load. Annotation <c>gossip.dev/rebalance: "true"</c>.</summary>
    public bool MayMove { get; init; }

    /// <summary>
    /// Its soft spread constraints come before all other preferences, and pods are moved to keep to them. Annotation <c>gossip.dev/spread:
    /// first</c>.
    /// </summary>
    public bool SpreadsFirst { get; init; }

    /// <summary>
    /// A run does not start before an earlier run of the same pod, on a live node, has ended. Annotation <c>gossip.dev/handover:
    /// stop-first</c>.
    /// </summary>
    public bool StopsFirst { get; init; }

    /// <summary>Many for a service, few for a machine of thousands of pods, and a fork bomb ends at it.</summary>
    public const int DefaultPidsLimit = 1024;

    /// <summary>Init containers and sidecars first, in the order in which they start.</summary>
    public IEnumerable<ContainerSpec> AllContainers => InitContainers.Concat(Containers);

    /// <summary>For how long it tolerates a taint, by the first toleration that speaks of it: zero when none does, <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan ToleratedFor(in Taint taint)
    {
        if (!Tolerations.IsDefaultOrEmpty)
            foreach (var toleration in Tolerations)
                if (toleration.Tolerates(taint)) return toleration.For is { } time ? time > TimeSpan.Zero ? time : TimeSpan.Zero : TimeSpan.MaxValue;
        return TimeSpan.Zero;
    }

    /// <summary>For no time at all is not to tolerate it: the node would evict the pod as soon as it has it.</summary>
    public bool Tolerates(in Taint taint) => ToleratedFor(taint) > TimeSpan.Zero;

    /// <summary>The container of a name; null when there is none.</summary>
    public ContainerSpec? Find(string container)
    {
        foreach (var spec in InitContainers)
            if (string.Equals(spec.Name, container, StringComparison.Ordinal)) return spec;
        foreach (var spec in Containers)
            if (string.Equals(spec.Name, container, StringComparison.Ordinal)) return spec;
        return null;
    }
}

/// <summary>The runtimes that this build knows by name. A node advertises those it has.</summary>
static class RuntimeNames
{
    /// <summary>Pods with images and no runtime class: any container engine.</summary>
    public const string Containers = "containers";
    public const string Docker = "docker";
    public const string Podman = "podman";
    public const string Process = "process";
    public const string InProcess = "in-process";

    public static readonly ImmutableArray<string> All = [Containers, Docker, Podman, Process, InProcess];
}
