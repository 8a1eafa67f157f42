using System.Diagnostics.CodeAnalysis;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Configuration;
using Gossip.Node.Sealing;
using Gossip.Node.Workloads;
using Microsoft.Extensions.DependencyInjection;

namespace Gossip.Node;

/// <summary>
/// What a node is told before it starts. Checked when it starts; see <see cref="GossipOptionsCheck"/> and docs/embedding.md.
/// </summary>
public sealed class GossipOptions
{
    /// <summary>The port that a node listens on unless <see cref="Port"/> says otherwise, and that seeds in the docs name.</summary>
    public const int DefaultPort = 7373;

    NodeTimings timings = NodeTimings.Lan with { };

    static GossipOptions() => OptionConverters.Register();

    /// <summary>
    /// The node's name, a DNS label, its own in the cluster. Null for the machine's name, with the port behind it where another node
    /// has the default port of this machine.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>The cluster's label: nodes with another do not hear each other, even with the same key.</summary>
    public string Cluster { get; set; } = "gossip";

    /// <summary>The cluster's secret; needed. Make one with <see cref="Sealing.Keyring.Generate"/> or <c>gossip keygen</c>.</summary>
    public Keyring? Keyring { get; set; }

    /// <summary>
    /// The IP address to listen on. Null: loopback while neither <see cref="Seeds"/> nor <see cref="Advertise"/> is set, so that a host
    /// that was told nothing is not opened to the network; else all addresses.
    /// </summary>
    public string? BindAddress { get; set; }

    /// <summary>
    /// For datagrams (UDP) and streams (TCP) alike; 0 takes any that is free. Null: <see cref="DefaultPort"/>, or where that is taken any
    /// that is free, and the node that has it is asked first.
    /// </summary>
    public int? Port { get; set; }

    /// <summary>What others are told, as <c>ip</c> or <c>ip:port</c>; null for the address bound, or the machine's first.</summary>
    public string? Advertise { get; set; }

    /// <summary>
    /// Where to find others, as <c>host:port</c>; the node's own address may be among them. None: others will find this node.
    /// </summary>
    public IList<string> Seeds { get; } = [];

    /// <summary>
    /// Where the node remembers; null for a temporary folder, removed at the end. When the process is killed, the next node that this user
    /// starts on this machine ends the pods that it left and removes the folder.
    /// </summary>
    public string? DataFolder { get; set; }

    /// <summary>
    /// Starts on a damaged <see cref="DataFolder"/> although no other node is known that could have the rest: what could not be read is
    /// given up. Of no effect on a folder that is whole.
    /// </summary>
    public bool AcceptLoss { get; set; }

    /// <summary>What the node says of itself, for node selectors and affinities.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What keeps pods away that do not tolerate it.</summary>
    public IList<Taint> Taints { get; } = [];

    /// <summary>
    /// What pods may take. Default: all of the machine's cores and memory, nine tenths of the disk that <see cref="DataFolder"/> is on,
    /// 110 pods. As text <c>cpu=2,memory=4Gi,ephemeral-storage=20Gi,pods=50</c>.
    /// </summary>
    public Resources Resources { get; set; } = MachineFacts.Resources();

    /// <summary>What the scores weigh when this node bids for pods, and the host app's own rules.</summary>
    public SchedulingOptions Scheduling { get; } = new();

    /// <summary>Periods and waits. What is set here is copied, so that no shared profile ever changes with it.</summary>
    public NodeTimings Timings
    {
        get => timings;
        set => timings = value with { };
    }

    /// <summary>Where the node's HTTP API answers, for others to know; empty without one.</summary>
    public string ApiUrl { get; set; } = "";

    /// <summary>
    /// Files and folders of this machine that no isolated pod of processes may see, such as the file that holds the key. The
    /// data folder is always hidden.
    /// </summary>
    public IList<string> HiddenFromPods { get; } = [];

    /// <summary>
    /// What runs pods besides this host app's own workloads: each is created when the node starts, and one that cannot run here
    /// notes why and is null. None by default. The packages Gossip.Runtimes.Processes and Gossip.Runtimes.Docker have some to add:
    /// <c>options.Runtimes.Add(ProcessRuntime.OnThisMachine())</c>, <c>options.Runtimes.Add(DockerRuntime.At(endpoint))</c>. Where two
    /// serve one runtime class, the first does.
    /// </summary>
    public IList<Func<RuntimeFacts, IPodRuntime?>> Runtimes { get; } = [];

    /// <summary>
    /// Whether stopping the host leaves the cluster and stops the node's pods. If not, processes run on for the node's next
    /// start to adopt; workloads of the host app end either way, and others take them over. Null: only a node with a temporary data
    /// folder leaves, since its next start would know nothing.
    /// </summary>
    public bool? LeaveOnStop { get; set; }

    /// <summary>
    /// How long stopping may take before what still runs here is killed, or given up where that is the host app's own code.
    /// </summary>
    public TimeSpan LeaveWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of log after which it is replaced by a snapshot.</summary>
    public long CompactAt { get; set; } = 16 << 20;

    /// <summary>
    /// The number of the deployment that this host belongs to, such as a build's: of two declarations of a workload the one with the
    /// greater number counts, whenever its host started. 0: the last started counts.
    /// </summary>
    public long Deployment { get; set; }

    /// <summary>What stands for <see cref="DefaultPort"/> in tests, which share a machine.</summary>
    internal int UsualPort { get; set; } = DefaultPort;

    internal IDictionary<string, Workload> Workloads { get; } = new SortedDictionary<string, Workload>(StringComparer.Ordinal);

    /// <summary>What a configuration section said that cannot be.</summary>
    internal List<string> ConfigurationFaults { get; } = [];

    /// <summary>
    /// Has the cluster keep <paramref name="copies"/> copies of a delegate running, on the hosts whose app registers the same name. The
    /// same name again takes the place of the earlier registration.
    /// </summary>
    /// <param name="name">A DNS label.</param>
    /// <param name="run">As <see cref="IWorkload.RunAsync"/>.</param>
    public GossipOptions AddWorkload(
        string name, int copies, Func<WorkloadContext, CancellationToken, Task> run, Action<WorkloadOptions>? configure = null)
    {
        var options = new WorkloadOptions();
        configure?.Invoke(options);
        Workloads[name] = new Workload(name, copies, options, run);
        return this;
    }

    /// <summary>
    /// Has the cluster keep <paramref name="copies"/> copies of a class running, as <see cref="AddWorkload(string, int,
    /// Func{WorkloadContext, CancellationToken, Task}, Action{WorkloadOptions}?)"/> does.
    /// </summary>
    /// <param name="name">
    /// A DNS label; null for the class's name in lower case with hyphens: <c>MailSender</c> is <c>mail-sender</c>.
    /// </param>
    public GossipOptions AddWorkload<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        string? name = null, int copies = 1, Action<WorkloadOptions>? configure = null)
        where T : class, IWorkload =>
        AddWorkload(name ?? MachineFacts.ToLabel(NameOf(typeof(T))), copies, async (context, stop) =>
        {
            var workload = context.Services.GetService<T>();
            if (workload is not null)
            {
                await workload.RunAsync(context, stop).ConfigureAwait(false); // the scope ends it
                return;
            }
            workload = ActivatorUtilities.CreateInstance<T>(context.Services);
            try
            {
                await workload.RunAsync(context, stop).ConfigureAwait(false);
            }
            finally
            {
                if (workload is IAsyncDisposable later) await later.DisposeAsync().ConfigureAwait(false);
                else (workload as IDisposable)?.Dispose();
            }
        }, configure);

    /// <summary>A hyphen before each capital that begins a word.</summary>
    static string NameOf(Type type) => string.Concat(type.Name.Split('`')[0].Select((letter, at) =>
        at > 0 && char.IsUpper(letter)
            && (!char.IsUpper(type.Name[at - 1]) || at + 1 < type.Name.Length && char.IsLower(type.Name[at + 1])) ? $"-{letter}"
            : $"{letter}"));
}
