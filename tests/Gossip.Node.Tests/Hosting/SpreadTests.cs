using Gossip.Cli.Demo;
using Gossip.Node.Cluster;

namespace Gossip.Node.Tests.Hosting;

/// <summary>
/// Real hosts: three copies are on three. The simulator shows the same for many seeds (Gossip.Simulation.Tests, SpreadTests).
/// </summary>
public sealed class SpreadTests
{
    /// <summary>Cold starts in one run: GOSSIP_COLD_STARTS says more.</summary>
    static readonly int starts = int.TryParse(Environment.GetEnvironmentVariable("GOSSIP_COLD_STARTS"), out var more) ? more : 2;

    public static IEnumerable<TheoryDataRow<int>> Starts => Enumerable.Range(1, starts).Select(start => new TheoryDataRow<int>(start));

    [Theory, MemberData(nameof(Starts))]
    public async Task Three_hosts_that_start_at_once_have_a_copy_each(int start)
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var seed = $"127.0.0.1:{FreePorts.Take()}";
        void Configure(GossipOptions options)
        {
            options.Seeds.Clear();
            options.Seeds.Add(seed);
            options.AddWorkload("mailer", 3, copies.RunAsync);
        }
        await Task.WhenAll(
            cluster.StartAsync("a", options =>
            {
                options.Port = int.Parse(seed.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
                Configure(options);
            }),
            Task.Run(() => cluster.StartAsync("b", Configure)),
            Task.Run(() => cluster.StartAsync("c", Configure)));
        await copies.UntilAsync(now => now is { Count: 3, ByNode.Count: 3 });
        Assert.Equal(0, copies.Overlaps);
        _ = start;
    }

    [Fact]
    public async Task Three_copies_that_are_scaled_to_six_are_two_on_each_of_three_hosts()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        void Configure(GossipOptions options) => options.AddWorkload("mailer", 3, copies.RunAsync);
        IGossip gossip = new NodeGossip(await cluster.StartAsync("a", Configure));
        foreach (var name in new[] { "b", "c" }) await cluster.StartAsync(name, Configure);
        await copies.UntilAsync(now => now is { Count: 3, ByNode.Count: 3 });
        await gossip.ScaleAsync("mailer", 6);
        await copies.UntilAsync(now => now is { Count: 6, ByNode.Count: 3 } && now.ByNode.Values.All(count => count == 2));
        Assert.Equal(0, copies.Overlaps);
    }

    [Fact]
    public async Task Six_copies_spread_again_over_hosts_that_come_later_and_none_runs_twice()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        void Configure(GossipOptions options) => options.AddWorkload("mailer", 6, copies.RunAsync);
        foreach (var name in new[] { "a", "b", "c" }) await cluster.StartAsync(name, Configure);
        await copies.UntilAsync(now => now.Count == 6 && now.ByNode.Count == 3 && now.ByNode.Values.All(count => count == 2));
        foreach (var name in new[] { "d", "e", "f" }) await cluster.StartAsync(name, Configure);
        await copies.UntilAsync(now => now is { Count: 6, ByNode.Count: 6 });
        Assert.Equal(0, copies.Overlaps);
    }
}
