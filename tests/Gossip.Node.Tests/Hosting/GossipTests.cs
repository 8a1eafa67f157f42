using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gossip.Cli.Demo;
using Gossip.Core.Membership;
using Gossip.Node.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Gossip.Node.Tests.Hosting;

/// <summary>The cluster as host apps and those who watch them see it.</summary>
public sealed class GossipTests
{
    static HostApplicationBuilder Builder(Action<GossipOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddGossip(options =>
        {
            (options.Name, options.Keyring, options.Port, options.Timings) = ("a",
                Gossip.Node.Sealing.Keyring.Generate(), 0, NodeTimings.Local);
            configure(options);
        });
        return builder;
    }

    [Fact]
    public async Task A_host_sees_scales_and_asks_why()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        void Configure(GossipOptions options) => options.AddWorkload("mailer", 2, copies.RunAsync);
        IGossip gossip = new NodeGossip(await cluster.StartAsync("a", Configure));
        await cluster.StartAsync("b", Configure);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await gossip.JoinedAsync(patience.Token);
        GossipState? seen = null;
        await foreach (var state in gossip.WatchAsync(patience.Token))
        {
            Assert.NotEqual(seen, state); // each differs from the one before
            seen = state;
            if (state.Workloads is [{ Ready: 2 } workload] && workload.Running.Select(copy => copy.Node).Distinct().Count() == 2) break;
        }
        Assert.Equal(
            [("a", MemberHealth.Alive, true), ("b", MemberHealth.Alive, false)],
                seen!.Members.Select(member => (member.Name, member.Health, member.IsSelf)));
        Assert.Equal(cluster.Seed, seen.Members[0].Address);
        Assert.Equal(("mailer", 2), (seen.Workloads[0].Name, seen.Workloads[0].Copies));
        await gossip.ScaleAsync("mailer", 3, patience.Token);
        await copies.UntilAsync(now => now.Count == 3);
        Assert.Equal(3, (await gossip.LookAsync(patience.Token)).Workloads[0].Copies);
        Assert.Contains("run 1", await gossip.WhyAsync(seen.Workloads[0].Running[0].PodName, patience.Token), StringComparison.Ordinal);
        await Assert.ThrowsAsync<GossipRefusedException>(() => gossip.ScaleAsync("no-such", 1, patience.Token));
        await Assert.ThrowsAsync<GossipRefusedException>(() => gossip.ScaleAsync("mailer", -1, patience.Token));
        await Assert.ThrowsAsync<GossipRefusedException>(() => gossip.WhyAsync("no-such", patience.Token));
    }

    /// <summary>An app's tests can have a cluster of their own making.</summary>
    sealed class Mock(GossipState state) : IGossip
    {
        public string Name => "mock";
        public Task JoinedAsync(CancellationToken cancel = default) => Task.CompletedTask;
        public Task<GossipState> LookAsync(CancellationToken cancel = default) => Task.FromResult(state);
        public IAsyncEnumerable<GossipState> WatchAsync(CancellationToken cancel = default) => new[] { state }.ToAsyncEnumerable();
        public Task ScaleAsync(string workload, int copies, CancellationToken cancel = default) => Task.CompletedTask;
        public Task<string> WhyAsync(string podName, CancellationToken cancel = default) => Task.FromResult("");
    }

    [Fact]
    public async Task An_app_can_have_an_IGossip_of_its_own()
    {
        var builder = Builder(_ => { });
        builder.Services.AddSingleton<IGossip>(new Mock(new GossipState(true, [], [new WorkloadState("mailer", 1, [])])));
        using var host = builder.Build();
        Assert.Equal("mailer", (await host.Services.GetRequiredService<IGossip>().LookAsync()).Workloads.Single().Name);
    }

    static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["gossip"];

    [Fact]
    public async Task Health_is_bad_before_and_after_and_good_while_a_node_without_seeds_runs()
    {
        var builder = Builder(_ => { });
        builder.Services.AddHealthChecks().AddGossip();
        using var host = builder.Build();
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
        await host.StartAsync();
        var health = await HealthAsync(host);
        Assert.Equal((HealthStatus.Healthy, 1), (health.Status, (int)health.Data["members"]));
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await HealthAsync(host)).Status);
    }

    [Fact]
    public async Task Health_is_degraded_while_no_seed_answers()
    {
        var builder = Builder(options => options.Seeds.Add($"127.0.0.1:{FreePorts.Take()}"));
        builder.Services.AddHealthChecks().AddGossip();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(HealthStatus.Degraded, (await HealthAsync(host)).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task Gauges_are_live_without_anybody_looking_and_histograms_have_seconds()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var name = $"meter-{Guid.NewGuid():N}"[..20];
        var units = new Dictionary<string, string?>(StringComparer.Ordinal);
        var (starts, auctions) = (0, 0);
        using var listener = new MeterListener();
        int members = 0, pods = 0;
        listener.InstrumentPublished = (instrument, into) =>
        {
            if (instrument.Meter.Name != "Gossip" || instrument.Meter.Tags?.Any(tag => name.Equals(tag.Value)) != true) return;
            lock (units) units[instrument.Name] = instrument.Unit;
            into.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            Assert.InRange(value, 0, 60);
            if (instrument.Name == "gossip.workload.start.duration") Interlocked.Increment(ref starts);
            if (instrument.Name == "gossip.auction.duration") Interlocked.Increment(ref auctions);
        });
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            if (instrument.Name == "gossip.members") members = value;
            if (instrument.Name == "gossip.pods") pods = value;
        });
        listener.Start();
        await cluster.StartAsync(name, options => options.AddWorkload("mailer", 2, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 2);
        await copies.UntilAsync(_ =>
        {
            listener.RecordObservableInstruments();
            return (members, pods) == (1, 2);
        });
        Assert.Equal((2, 2), (Volatile.Read(ref starts), Volatile.Read(ref auctions)));
        lock (units)
        {
            Assert.All(units, unit => Assert.False(string.IsNullOrEmpty(unit.Value), unit.Key));
            Assert.Equal(("{member}", "{pod}", "s", "s", "By"),
                (units["gossip.members"], units["gossip.pods"], units["gossip.workload.start.duration"], units["gossip.auction.duration"],
                    units["gossip.bytes.sent"]));
        }
    }

    [Fact]
    public async Task Starts_and_stops_are_activities_and_a_run_is_none()
    {
        await using var cluster = new TestCluster();
        var workload = $"w{Guid.NewGuid():N}"[..20];
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Gossip",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (workload.Equals(activity.GetTagItem("gossip.workload"))) seen.Enqueue(activity.OperationName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        Activity? within = null;
        var copies = new Copies();
        var node = await cluster.StartAsync("a", options => options.AddWorkload(workload, 1, (context, stop) =>
        {
            within = Activity.Current;
            return copies.RunAsync(context, stop);
        }));
        await copies.UntilAsync(now => now.Count == 1);
        Assert.Null(within);
        await node.StopAsync(default);
        Assert.Equal(["gossip.workload.start", "gossip.workload.stop"], seen);
    }
}
