using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Membership;
using Gossip.Core.View;
using Gossip.Node.Sealing;
using Microsoft.Extensions.Options;

namespace Gossip.Node.Tests.Hosting;

/// <summary>Real nodes in this process, over the loopback; all are stopped at the end.</summary>
sealed class TestCluster : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // a bound for broken code, not a measure

    readonly List<GossipNode> nodes = [];

    public Keyring Keyring { get; } = Keyring.Generate();

    /// <summary>Where the first node listens, which all later ones are told of.</summary>
    public string? Seed { get; private set; }

    /// <summary>Of all nodes.</summary>
    public LogCapture Log { get; } = new();

    public async Task<GossipNode> StartAsync(string name, Action<GossipOptions>? configure = null)
    {
        var node = new GossipNode(Options.Create(OptionsOf(name, configure)), Log);
        await node.StartAsync(CancellationToken.None);
        nodes.Add(node);
        Seed ??= string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Address.Port}");
        return node;
    }

    public GossipOptions OptionsOf(string name, Action<GossipOptions>? configure = null)
    {
        var options = new GossipOptions
        {
            Name = name,
            Keyring = Keyring,
            BindAddress = "127.0.0.1",
            Port = 0,
            Timings = NodeTimings.Local,
        };
        if (Seed is not null) options.Seeds.Add(Seed);
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Stops a node by its name.</summary>
    public Task StopAsync(string name) => nodes.Single(node => node.Name == name).StopAsync(CancellationToken.None);

    /// <summary>The first view that fits; fails with the last one seen.</summary>
    public static async Task<ClusterView> UntilAsync(GossipNode node, Func<ClusterView, bool> fits)
    {
        using var patience = new CancellationTokenSource(Patience);
        ClusterView? view = null;
        while (view is null || !fits(view))
            try
            {
                view = await node.ChangesSinceAsync(view?.Version ?? 0, patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{node.Name} never saw it; its last view: {Describe(view)}");
            }
        return view;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
    }

    static string Describe(ClusterView? view) => view is null ? "none" :
        $"version {view.Version}, nodes {string.Join(',', view.Nodes.Select(node => $"{node.Member.Name}:{node.Member.State}"))}, " +
        $"objects {string.Join(',', view.Objects.Select(held => held.Name))}, " +
        $"pods {string.Join(',', view.Pods.Select(pod => $"{pod.Name}:{pod.Phase}:{pod.NodeName}:{pod.PendingBecause}"))}";
}
