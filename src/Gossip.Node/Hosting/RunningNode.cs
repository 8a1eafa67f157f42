using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Node.Loop;
using Gossip.Node.Metrics;
using Gossip.Node.Runtimes;
using Gossip.Node.Scheduling;
using Gossip.Node.Store;
using Gossip.Node.Talks;
using Gossip.Node.Transport;
using Gossip.Runtimes.Docker;
using Gossip.Runtimes.Processes;
using Microsoft.Extensions.Logging;
using HostRules = Gossip.Node.Scheduling.HostRules;

namespace Gossip.Node;

/// <summary>The parts of a node between its start and its stop, joined; they come and go in the order of what needs what.</summary>
sealed class RunningNode
{
    readonly DataFolder folder;
    readonly FileStore store;
    readonly NodeMeter meter;
    readonly GossipOptions options;
    readonly RuntimeHost runtimes;
    readonly HostRules host;
    readonly AbandonedNodes abandoned;
    readonly CancellationTokenSource stop = new();
    Task declaring = Task.CompletedTask;

    RunningNode(GossipOptions options, ILogger logger, ImmutableArray<NodeAddress> seeds)
    {
        this.options = options;
        var undo = new Stack<IDisposable>();
        try
        {
            undo.Push(folder = new DataFolder(options.DataFolder, options.Name));
            undo.Push(store = new FileStore(folder.Path));
            var contents = store.Open();
            undo.Push(meter = new NodeMeter(options.Name));
            var bind = new IPEndPoint(options.BindAddress, options.Port);
            Transport = new SocketTransport(bind, Advertised(options), options.Cluster, options.Keyring!);

            var notes = new NoteLog(logger);
            var facts = new RuntimeFacts(
                folder.Path, NodeId.Of(options.Name), Transport.Address, [folder.Path, .. options.HiddenFromPods], note => notes.Write(note));
            var own = Runtimes(options, facts);
            abandoned = new AbandonedNodes(
                (path, dead) => Runtimes(options, facts with { Folder = path, Node = dead, Hidden = [path] }), facts.Note);
            var machine = new NodeMachine(Config(options, seeds, Transport.Address, own), contents, options.Scheduling.ToRules());
            Loop = new NodeLoop(machine, Transport, store, options.CompactAt, command => runtimes!.Perform(command), question => host!.Ask(question), meter, new RejectLog(logger), notes);
            host = new HostRules(options.Scheduling, answer => Loop.Leave(NodeInput.HostAnswered(answer)));
            runtimes = new RuntimeHost(own, Loop, logger);
            var desk = new PodDesk(runtimes.RuntimeOf);
            Transport.Talks = desk.ServeAsync;
            Pods = new PodAccess(NodeId.Of(options.Name), LookAsync, desk, new PodCalls(Transport.TalkToAsync));
        }
        catch
        {
            _ = Transport?.DisposeAsync();
            foreach (var part in undo) part.Dispose();
            throw;
        }
    }

    public SocketTransport Transport { get; }
    public NodeLoop Loop { get; }
    public PodAccess Pods { get; }
    public Task Completion { get; private set; } = Task.CompletedTask;
    public NodeAddress Address => Transport.Address;
    public string Folder => folder.Path;

    public static async Task<RunningNode> StartAsync(GossipOptions options, ILogger logger, CancellationToken cancel)
    {
        var node = new RunningNode(options, logger, await ResolveAsync(options.Seeds, logger, cancel).ConfigureAwait(false));
        // Before this node's own pods start: what is left of another node may hold their addresses.
        await node.abandoned.EndAsync(TemporaryFolder.DefaultParent, cancel).ConfigureAwait(false);
        node.Transport.Start(node.Loop);
        node.Completion = node.Loop.RunAsync();
        await node.runtimes.AdoptAsync(cancel).ConfigureAwait(false);
        if (options.Workloads.Count > 0)
            node.declaring = Task.Run(() => new WorkloadDeclarer(node.Loop, options, NodeId.Of(options.Name)).RunAsync(node.stop.Token), CancellationToken.None);
        return node;
    }

    public async Task StopAsync(CancellationToken hurry)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await declaring.ConfigureAwait(false);
        if (options.LeaveOnStop ?? folder.IsTemporary)
        {
            await LeaveAsync(hurry).ConfigureAwait(false);
            await runtimes.StopAllAsync().ConfigureAwait(false);
        }
        host.Stop();
        Loop.Stop();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its fault was told when it happened
        await runtimes.DisposeAsync().ConfigureAwait(false);
        await Transport.DisposeAsync().ConfigureAwait(false);
        store.Dispose();
        meter.Dispose();
        folder.Dispose();
    }

    async Task<ClusterView> LookAsync(CancellationToken cancel) =>
        await Loop.AskAsync(Look.Around, cancel).ConfigureAwait(false) is Seen seen ? seen.View : throw new PodAccessException("the node has stopped");

    /// <summary>Says goodbye and waits until nothing runs here any more.</summary>
    async Task LeaveAsync(CancellationToken hurry)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(hurry);
        within.CancelAfter(options.LeaveWithin);
        try
        {
            Loop.Leave(NodeInput.LeaveRequested());
            for (ClusterView? view = null; view is null || !HasLeft(view);)
                view = await Loop.ChangesSinceAsync(view?.Version ?? 0, within.Token).ConfigureAwait(false);
            // A goodbye is a datagram: were it lost, the rumour behind it still gets through in a few rounds.
            await Task.Delay(4 * options.Timings.GossipInterval, within.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // It took too long, or the node has stopped by itself.
        }
    }

    static bool HasLeft(ClusterView view) =>
        view.Nodes.All(node => node.Member.Id != view.Self || node.Member.State == MemberState.Left)
        && view.Pods.All(pod => pod.Admissions.All(admission => admission.Node != view.Self));

    static NodeConfig Config(GossipOptions options, ImmutableArray<NodeAddress> seeds, NodeAddress address, IEnumerable<IPodRuntime> own)
    {
        var names = own.SelectMany(runtime => runtime.Classes).Concat(options.Workloads.Keys.Select(name => $"{RuntimeNames.InProcess}/{name}"));
        var card = new NodeCard(
            options.Name, address, Labels.Of([.. own.SelectMany(runtime => runtime.NodeLabels), .. options.Labels]), [.. options.Taints], options.Resources,
            [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], options.ApiUrl);
        Span<byte> luck = stackalloc byte[8];
        RandomNumberGenerator.Fill(luck);
        return new NodeConfig(
            card, seeds, options.Timings, BinaryPrimitives.ReadUInt64LittleEndian(luck), (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    static List<IPodRuntime> Runtimes(GossipOptions options, RuntimeFacts facts)
    {
        var runtimes = options.Runtimes.Select(make => make(facts)).ToList();
        if (options.Workloads.Count > 0)
            runtimes.Add(new InProcessRuntime(
                options.Workloads.ToDictionary(workload => workload.Key, workload => workload.Value.Work, StringComparer.Ordinal),
                facts.Address.ToIPAddress().ToString()));
        foreach (var (name, endpoint) in ((string, Uri?)[])[(RuntimeNames.Docker, options.Docker), (RuntimeNames.Podman, options.Podman)])
            if (endpoint is not null)
                runtimes.Add(new DockerRuntime(new DockerRuntimeOptions(
                    Path.Combine(facts.Folder, name), facts.Node, endpoint, facts.Address.ToIPAddress().ToString(), facts.Note) { Name = name }));
        if (options.RunProcesses)
            if (ProcessRuntime.Obstacle(options.ProcessIsolation) is { } obstacle) facts.Note(new NodeNote(NoteLevel.Warning, "RuntimeMissing", RuntimeNames.Process, obstacle));
            else runtimes.Add(new ProcessRuntime(new ProcessRuntimeOptions(Path.Combine(facts.Folder, "pods"), facts.Node, facts.Note)
            {
                Isolation = options.ProcessIsolation,
                HostAddress = facts.Address.ToIPAddress().ToString(),
                Hidden = facts.Hidden,
            }));
        return runtimes;
    }

    static IPEndPoint? Advertised(GossipOptions options)
    {
        if (options.Advertise is { } text)
            return AddressReader.TryReadAdvertised(text, out var told, out var problem) ? told : throw new FormatException(problem);
        var isAny = options.BindAddress.Equals(IPAddress.Any) || options.BindAddress.Equals(IPAddress.IPv6Any);
        return isAny ? new IPEndPoint(MachineFacts.Address(options.BindAddress.AddressFamily), 0) : null;
    }

    static async Task<ImmutableArray<NodeAddress>> ResolveAsync(IEnumerable<string> seeds, ILogger logger, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<NodeAddress>();
        foreach (var seed in seeds)
            try
            {
                if (!AddressReader.TryReadSeed(seed, out var read, out var problem)) throw new FormatException(problem);
                foreach (var address in await Dns.GetHostAddressesAsync(read.Host, cancel).ConfigureAwait(false))
                    found.Add(Addresses.ToNodeAddress(address, read.Port));
            }
            catch (SocketException unknown)
            {
                new NoteLog(logger).Write(new NodeNote(NoteLevel.Warning, "SeedUnknown", seed, unknown.Message));
            }
        return found.DrainToImmutable();
    }
}
