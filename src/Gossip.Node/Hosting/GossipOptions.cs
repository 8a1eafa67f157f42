using System.Collections.Immutable;
using System.Net;
using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Node.Sealing;
using Gossip.Runtimes.Processes;

namespace Gossip.Node;

/// <summary>What a node is told before it starts. Checked when it starts; see <see cref="GossipOptionsCheck"/>.</summary>
public sealed class GossipOptions
{
    /// <summary>The node's name, a DNS label, its own in the cluster. Default: the machine's name.</summary>
    public string Name { get; set; } = MachineFacts.Name();

    /// <summary>The cluster's label: nodes with another do not hear each other, even with the same key.</summary>
    public string Cluster { get; set; } = "gossip";

    /// <summary>The cluster's secret; needed. Make one with <see cref="Sealing.Keyring.Generate"/> or <c>gossip keygen</c>.</summary>
    public Keyring? Keyring { get; set; }

    public IPAddress BindAddress { get; set; } = IPAddress.Any;

    /// <summary>For datagrams (UDP) and streams (TCP) alike; 0 takes any that is free.</summary>
    public int Port { get; set; }

    /// <summary>What others are told, as <c>ip</c> or <c>ip:port</c>; null for the address bound, or the machine's first.</summary>
    public string? Advertise { get; set; }

    /// <summary>Where to find others, as <c>host:port</c>. None: others will find this node.</summary>
    public IList<string> Seeds { get; } = [];

    /// <summary>
    /// Where the node remembers; null for a temporary folder, removed at the end. When the process is killed, the next node that this user
    /// starts on this machine ends the pods that it left and removes the folder.
    /// </summary>
    public string? DataFolder { get; set; }

    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public IList<Taint> Taints { get; } = [];

    /// <summary>What pods may take. Default: all of the machine's cores and memory, 110 pods.</summary>
    public Resources Resources { get; set; } = MachineFacts.Resources();

    /// <summary>What the scores weigh when this node bids for pods, and the host app's own rules.</summary>
    public SchedulingOptions Scheduling { get; } = new();

    public NodeTimings Timings { get; set; } = NodeTimings.Lan;

    /// <summary>Where the node's HTTP API answers, for others to know; empty without one.</summary>
    public string ApiUrl { get; set; } = "";

    /// <summary>Whether this node runs pods of runtime class <c>process</c>: any program, as the node's own user.</summary>
    public bool RunProcesses { get; set; } = true;

    /// <summary>How far process pods are isolated from the machine and from each other.</summary>
    public ProcessIsolation ProcessIsolation { get; set; }

    /// <summary>Where a Docker Engine answers, as <c>unix:///var/run/docker.sock</c>; null for none. Several nodes may share one.</summary>
    public Uri? Docker { get; set; }

    /// <summary>Where Podman's Docker-compatible API answers, as <c>unix:///run/podman/podman.sock</c>; null for none.</summary>
    public Uri? Podman { get; set; }

    /// <summary>
    /// Files and folders of this machine that no isolated pod of processes may see, such as the file that holds the key. The
    /// data folder is always hidden.
    /// </summary>
    public IList<string> HiddenFromPods { get; } = [];

    /// <summary>Further pod runtimes, each made when the node starts.</summary>
    public IList<Func<RuntimeFacts, IPodRuntime>> Runtimes { get; } = [];

    /// <summary>
    /// Whether stopping the host leaves the cluster and stops the node's pods. If not, processes run on for the node's next
    /// start to adopt. Null: only a node with a temporary data folder leaves, since its next start would know nothing.
    /// </summary>
    public bool? LeaveOnStop { get; set; }

    /// <summary>How long leaving may take before what still runs here is killed.</summary>
    public TimeSpan LeaveWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of log after which it is replaced by a snapshot.</summary>
    public long CompactAt { get; set; } = 16 << 20;

    internal IDictionary<string, InProcessWorkload> Workloads { get; } = new SortedDictionary<string, InProcessWorkload>(StringComparer.Ordinal);

    /// <summary>
    /// Has the cluster keep <paramref name="copies"/> copies of a delegate running, on the nodes whose host app registers the same
    /// name. The first such node creates a Deployment of that name; scaling or deleting it is the operator's.
    /// </summary>
    /// <param name="name">A DNS label.</param>
    /// <param name="work">Runs until its token is cancelled. An exception is a crash: it is started again, with a growing pause.</param>
    public GossipOptions AddWorkload(string name, int copies, Func<CancellationToken, Task> work)
    {
        Workloads[name] = new InProcessWorkload(name, copies, work);
        return this;
    }
}

/// <summary>A delegate that the cluster places and keeps alive.</summary>
sealed record InProcessWorkload(string Name, int Copies, Func<CancellationToken, Task> Work);

/// <summary>What a pod runtime may want to know of its node.</summary>
/// <param name="Folder">The node's data folder; keep to a folder of your own in it.</param>
/// <param name="Hidden">Files and folders of the machine that pods must not see: the data folder, and what the options name.</param>
/// <param name="Note">Takes what a person watching the node would want to read.</param>
public sealed record RuntimeFacts(string Folder, NodeId Node, NodeAddress Address, ImmutableArray<string> Hidden, Action<NodeNote> Note);
