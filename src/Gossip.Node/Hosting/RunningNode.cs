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
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Node.Loop;
using Gossip.Node.Metrics;
using Gossip.Node.Runtimes;
using Gossip.Node.Store;
using Gossip.Node.Streams;
using Gossip.Node.Transport;
using Gossip.Node.Workloads;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using HostRules = Gossip.Node.Scheduling.HostRules;

namespace Gossip.Node;

/// <summary>What of its host app a node uses; nothing of it for a node on its own.</summary>
sealed record HostApp(ILoggerFactory? Loggers = null, IServiceProvider? Services = null)
{
    public ILogger Logger { get; } = Loggers?.CreateLogger("Gossip.Node") ?? NullLogger.Instance;
}

/// <summary>The parts of a node between its start and its stop, joined; they come and go in the order of what needs what.</summary>
sealed class RunningNode
{
    readonly DataFolder folder;
    readonly FileStore store;
    readonly NodeMeter meter;
    readonly GossipOptions options;
    readonly WorkloadSet workloads;
    readonly InProcessRuntime? inProcess;
    readonly RuntimeHost runtimes;
    readonly HostRules host;
    readonly AbandonedNodes abandoned;
    readonly CancellationTokenSource stop = new();
    readonly List<Task> background = [];

    RunningNode(GossipOptions options, HostApp app, Listening listening, ImmutableArray<Seed> seeds)
    {
        this.options = options;
        (Transport, Name, IsClosed) = (listening.Transport, listening.Name, listening.IsClosed);
        workloads = new WorkloadSet(options.Workloads.Values);
        var undo = new Stack<IDisposable>();
        try
        {
            undo.Push(folder = new DataFolder(options.DataFolder, Name));
            undo.Push(store = new FileStore(folder.Path, Name));
            var contents = store.Open();
            undo.Push(meter = new NodeMeter(Name));

            var notes = new NoteLog(app.Logger);
            var facts = new RuntimeFacts(
                folder.Path, NodeId.Of(Name), Address, [folder.Path, .. options.HiddenFromPods], note => notes.Write(note));
            if (workloads.All.Count > 0)
                inProcess = new InProcessRuntime(
                    new WorkloadHost(workloads, Name, app.Services, app.Loggers, meter), Address.ToIPAddress().ToString());
            var own = Runtimes(options, facts, inProcess);
            abandoned = new AbandonedNodes(
                (path, dead) => Runtimes(options, facts with { Folder = path, Node = dead, Hidden = [path] }, inProcess: null), facts.Note);
            var machine = new NodeMachine(Config([.. seeds.SelectMany(seed => seed.Addresses)], own), contents, options.Scheduling.ToRules());
            if (machine.Refusal is { } refusal && seeds.All(seed => seed.Addresses.Length > 0)) // a name may be known in a moment
                throw new GossipStartException(nameof(GossipOptions.AcceptLoss),
                    $"{folder.Path}: {refusal}. Name a node that has it (Seeds); or set AcceptLoss, "
                    + "and what could be read is all there is");
            Loop = new NodeLoop(
                machine, Transport, store, options.CompactAt, command => runtimes!.Perform(command), question => host!.Ask(question),
                meter, new RejectLog(app.Logger), notes);
            host = new HostRules(options.Scheduling, answer => Loop.Leave(NodeInput.HostAnswered(answer)));
            runtimes = new RuntimeHost(own, Loop, app.Logger);
            var handler = new PodRequestHandler(runtimes.RuntimeOf);
            Transport.SessionHandler = handler.ServeAsync;
            Pods = new PodAccess(NodeId.Of(Name), LookAsync, handler, new PodCalls(Transport.OpenSessionAsync));
        }
        catch
        {
            foreach (var part in undo) part.Dispose();
            throw;
        }
    }

    public string Name { get; }
    public SocketTransport Transport { get; }
    public NodeLoop Loop { get; }
    public PodAccess Pods { get; }
    public Task Completion { get; private set; } = Task.CompletedTask;
    public NodeAddress Address => Transport.Address;
    public string Folder => folder.Path;
    public bool IsClosed { get; }

    public static async Task<RunningNode> StartAsync(GossipOptions options, HostApp app, CancellationToken cancel)
    {
        var seeds = await ResolveAsync(options.Seeds, cancel).ConfigureAwait(false);
        var listening = Listening.Open(options);
        if (listening.Neighbour is { } neighbour) seeds = seeds.Add(new Seed(neighbour.ToString(), [neighbour], IsGuess: true));
        RunningNode? node = null;
        try
        {
            node = new RunningNode(options, app, listening, seeds);
            // Before this node's own pods start: what is left of another node may hold their addresses.
            await node.abandoned.EndAsync(TemporaryFolder.DefaultParent, cancel).ConfigureAwait(false);
            var check = new NameCheck(node.Loop, node.Transport, node.Name);
            node.Transport.Start(check);
            if (await check.FindHolderAsync(seeds.SelectMany(seed => seed.Addresses), cancel).ConfigureAwait(false) is { } holder)
                throw new GossipStartException(nameof(GossipOptions.Name),
                    $"another node goes by '{node.Name}' and answers at {holder}; give this one another Name, or stop that one first");
        }
        catch
        {
            if (node is not null) await node.AbandonAsync().ConfigureAwait(false);
            await listening.Transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        node.Completion = node.Loop.RunAsync();
        await node.runtimes.AdoptAsync(cancel).ConfigureAwait(false);
        if (seeds.Length > 0)
            node.Begin(new SeedWatch(seeds, node.Name, node.Transport, () => node.Loop.LiveMembers <= 1, app.Logger).RunAsync);
        if (node.inProcess is not null)
            node.Begin(new WorkloadDeclarer(node.Loop, options, node.workloads, NodeId.Of(node.Name), app.Logger).RunAsync);
        return node;
    }

    /// <summary>It never began: nothing runs, and nothing is to be said to anybody.</summary>
    async Task AbandonAsync()
    {
        host.Stop();
        await runtimes.DisposeAsync().ConfigureAwait(false);
        store.Dispose();
        meter.Dispose();
        folder.Dispose();
    }

    void Begin(Func<CancellationToken, Task> work) => background.Add(Task.Run(() => work(stop.Token), CancellationToken.None));

    public async Task StopAsync(CancellationToken hurry)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var goodbye = new Goodbye(Loop, options, inProcess);
        await goodbye.HandOverAsync(hurry).ConfigureAwait(false);
        if (options.LeaveOnStop ?? folder.IsTemporary)
        {
            await goodbye.LeaveAsync(hurry).ConfigureAwait(false);
            inProcess?.EndGraces();
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

    NodeConfig Config(ImmutableArray<NodeAddress> seeds, IEnumerable<IPodRuntime> own)
    {
        var names = own.SelectMany(runtime => runtime.Classes).Concat(options.Workloads.Keys.Select(name => $"{RuntimeNames.InProcess}/{name}"));
        var card = new NodeCard(
            Name, Address, Labels.Of([.. own.SelectMany(runtime => runtime.NodeLabels), .. options.Labels]), [.. options.Taints],
                MachineFacts.WithDisk(options.Resources, folder.Path),
            [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], options.ApiUrl);
        Span<byte> randomSeed = stackalloc byte[8];
        RandomNumberGenerator.Fill(randomSeed);
        return new NodeConfig(
            card, seeds, options.Timings, BinaryPrimitives.ReadUInt64LittleEndian(randomSeed), (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds())
        {
            AcceptsLoss = options.AcceptLoss,
        };
    }

    static List<IPodRuntime> Runtimes(GossipOptions options, RuntimeFacts facts, InProcessRuntime? inProcess)
    {
        var runtimes = options.Runtimes.Select(create => create(facts)).OfType<IPodRuntime>().ToList();
        if (inProcess is not null) runtimes.Add(inProcess);
        return runtimes;
    }

    static async Task<ImmutableArray<Seed>> ResolveAsync(IEnumerable<string> seeds, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<Seed>();
        foreach (var seed in seeds)
            try
            {
                if (!AddressReader.TryReadSeed(seed, out var read, out var problem)) throw new FormatException(problem);
                var addresses = await Dns.GetHostAddressesAsync(read.Host, cancel).ConfigureAwait(false);
                found.Add(new Seed(seed, [.. addresses.Select(address => Addresses.ToNodeAddress(address, read.Port))]));
            }
            catch (SocketException unknown)
            {
                found.Add(new Seed(seed, [], unknown.Message));
            }
        return found.DrainToImmutable();
    }
}
