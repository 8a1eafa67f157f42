using System.Threading.Channels;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.View;
using Gossip.Node.Sealing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gossip.Node;

/// <summary>
/// A node of a cluster, in this process. Starts and stops with the host, or by hand. Thread-safe; between
/// <see cref="StartAsync"/> and <see cref="StopAsync"/> everything may be called, outside of it the calls throw
/// <see cref="InvalidOperationException"/>. Host apps mostly want <see cref="IGossip"/>.
/// </summary>
public sealed partial class GossipNode : IHostedService, IAsyncDisposable
{
    readonly GossipOptions options;
    readonly HostApp app;
    readonly ILogger logger;
    readonly IHostApplicationLifetime? host;
    RunningNode? running;

    /// <summary>A node that does not run yet.</summary>
    /// <param name="options">Checked when it starts.</param>
    /// <param name="loggers">For the node's own category, <c>Gossip.Node</c>, and one for each workload; null for no log.</param>
    /// <param name="services">Of the host app, for its workloads; null for none.</param>
    /// <param name="host">Stopped when the node cannot go on; null for a node on its own.</param>
    public GossipNode(
        IOptions<GossipOptions> options, ILoggerFactory? loggers = null, IServiceProvider? services = null,
            IHostApplicationLifetime? host = null)
    {
        this.options = options.Value;
        this.host = host;
        app = new HostApp(loggers, services);
        logger = app.Logger;
    }

    /// <summary>The node's name in the cluster: as set, or the one that it took when it started.</summary>
    public string Name => running?.Name ?? options.Name ?? MachineFacts.Name();

    /// <summary>The name's hash, by which the protocol knows the node.</summary>
    public NodeId Id => NodeId.Of(Name);

    /// <summary>Where other nodes reach this one.</summary>
    public NodeAddress Address => Running.Address;

    /// <summary>Looks into pods: logs, commands, files, what they use; wherever in the cluster they run.</summary>
    public PodAccess Pods => Running.Pods;

    /// <summary>Where it remembers; removed at the end when none was given.</summary>
    public string DataFolder => Running.Folder;

    /// <summary>Ends when the node does; faults when it could not go on, with what to do in the message.</summary>
    public Task Completion => Running.Completion;

    /// <summary>Whether it runs: started, and neither stopped nor ended by a fault.</summary>
    internal bool IsRunning => running is { Completion.IsCompleted: false };

    /// <summary>Its tables are as good as its peers', or it stands alone.</summary>
    internal bool IsSynced => running is { Loop.IsSynced: true };

    /// <summary>It was told where others are.</summary>
    internal bool HasSeeds => options.Seeds.Count > 0;

    /// <exception cref="OptionsValidationException">Names each option that cannot be.</exception>
    /// <exception cref="GossipStartException">
    /// The port is taken, the address is not this machine's; names the option that mends it.
    /// </exception>
    /// <exception cref="Store.StoreFault">The data folder cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Check.That(running is null);
        var verdict = new GossipOptionsCheck().Validate(null, options);
        if (verdict.Failed) throw new OptionsValidationException(nameof(GossipOptions), typeof(GossipOptions), verdict.Failures);
        var started = running = await RunningNode.StartAsync(options, app, cancellationToken).ConfigureAwait(false);
        Started(Name, started.Address, started.Folder);
        if (started.IsClosed) Closed(started.Address);
        _ = WatchAsync(started);
    }

    /// <summary>
    /// Ends the host app's workloads and, if it leaves (<see cref="GossipOptions.LeaveOnStop"/>), all its pods; then the node.
    /// </summary>
    /// <param name="cancellationToken">There is no time left: what runs has a second to end.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref running, null) is not { } stopping) return;
        await stopping.StopAsync(cancellationToken).ConfigureAwait(false);
        Stopped(stopping.Name);
    }

    /// <summary>Stops it at once, if it runs.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    /// <summary>Asks this node. A write is answered when it is durable here; refused Unavailable when the node stops first.</summary>
    public Task<Reply> AskAsync(Request request, CancellationToken cancel = default) => Running.Loop.AskAsync(request, cancel);

    /// <summary>Everything this node knows, as of now.</summary>
    /// <exception cref="InvalidOperationException">The node has stopped.</exception>
    public async Task<ClusterView> LookAsync(CancellationToken cancel = default) =>
        await AskAsync(Look.Around, cancel).ConfigureAwait(false) is Seen seen ? seen.View : throw NotRunning();

    /// <summary>
    /// The next view whose version is greater than <paramref name="version"/>, at once when there is one. Views come at most
    /// every 50 ms: what happens in between is in the next.
    /// </summary>
    /// <exception cref="InvalidOperationException">The node has stopped.</exception>
    public async Task<ClusterView> ChangesSinceAsync(ulong version, CancellationToken cancel = default)
    {
        try
        {
            return await Running.Loop.ChangesSinceAsync(version, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw NotRunning();
        }
    }

    /// <summary>Seals with another primary key, and opens with every key of the ring, from now on. See <see cref="Keyring"/> for rotation.</summary>
    public void Use(Keyring keyring) => Running.Transport.Use(keyring);

    RunningNode Running => running ?? throw NotRunning();

    static InvalidOperationException NotRunning() => new("the node does not run");

    async Task WatchAsync(RunningNode started)
    {
        try
        {
            await started.Completion.ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            CannotGoOn(started.Name, fault.Message, fault);
            host?.StopApplication();
        }
    }

    [LoggerMessage(30, LogLevel.Information, "node {Name} listens on {Address}, data in {Folder}")]
    partial void Started(string name, NodeAddress address, string folder);

    [LoggerMessage(31, LogLevel.Information, "node {Name} has stopped")]
    partial void Stopped(string name);

    [LoggerMessage(32, LogLevel.Critical, "node {Name} cannot go on: {Reason}")]
    partial void CannotGoOn(string name, string reason, Exception fault);

    [LoggerMessage(
        33, LogLevel.Information,
            "only this machine can reach {Address}, since neither Seeds nor BindAddress is set; "
        + "set BindAddress to 0.0.0.0, and other machines can join")]
    partial void Closed(NodeAddress address);
}
