using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>One host and nobody else: it is a cluster of one, not one that waits.</summary>
public sealed class AloneTests
{
    [Fact]
    public async Task One_host_alone_runs_its_workload()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        await cluster.StartAsync("a", options => options.AddWorkload("mailer", 2, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 2);
    }

    [Fact]
    public async Task With_seeds_that_do_not_answer_it_runs_too_and_warns_of_each_with_the_option()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var dead = $"127.0.0.1:{TestCluster.FreePort()}";
        var watch = Stopwatch.StartNew();
        var node = await cluster.StartAsync("a", options =>
        {
            options.Seeds.Add(dead);
            options.Seeds.Add("no-such-host.invalid:7373");
            options.AddWorkload("mailer", 1, copies.RunAsync);
        });
        await copies.UntilAsync(now => now.Count == 1);
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Warning && line.Text.Contains(dead, StringComparison.Ordinal)
                && line.Text.Contains("nobody listens there", StringComparison.Ordinal)
                && line.Text.Contains("Seeds", StringComparison.Ordinal));
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Warning && line.Text.Contains("no-such-host.invalid:7373", StringComparison.Ordinal)
                && line.Text.Contains("cannot be resolved", StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30); // seconds, on a busy machine too
        Assert.Single((await node.LookAsync()).Nodes);
    }

    [Fact]
    public async Task A_seed_of_another_key_and_one_of_another_label_are_told_apart_from_a_dead_one()
    {
        await using var ours = new TestCluster();
        await using var others = new TestCluster();
        await others.StartAsync("a");
        await using var third = new TestCluster();
        await third.StartAsync("a", options => (options.Keyring, options.Cluster) = (ours.Keyring, "elsewhere"));
        await ours.StartAsync("b", options =>
        {
            options.Seeds.Add(others.Seed!);
            options.Seeds.Add(third.Seed!);
        });
        foreach (var seed in new[] { others.Seed!, third.Seed! })
            await ours.Log.AwaitAsync(line => line.Level == LogLevel.Warning && line.Text.Contains(seed, StringComparison.Ordinal)
                && line.Text.Contains("Keyring", StringComparison.Ordinal) && line.Text.Contains("Cluster", StringComparison.Ordinal));
        // the other side says it as well
        await others.Log.AwaitAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("Keyring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_a_name_that_is_taken_both_sides_warn()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync("a");
        await using var second = new GossipNode(Microsoft.Extensions.Options.Options.Create(cluster.OptionsOf("a")), cluster.Log);
        await second.StartAsync(default);
        await cluster.Log.AwaitAsync(line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
        await cluster.Log.AwaitAsync(line =>
            line.Text.Contains(cluster.Seed!, StringComparison.Ordinal)
                && line.Text.Contains("set Name, which is 'a' here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Through_a_third_node_both_hear_of_their_common_name()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync("c");
        var first = await cluster.StartAsync("a");
        await TestCluster.UntilAsync(first, view => view.Nodes.Count(node => node.Member.IsLive) == 2);
        // A boot is the second of the start, and the third node tells two of one boot apart by nothing that it passes on.
        var started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        while (DateTimeOffset.UtcNow.ToUnixTimeSeconds() == started) await Task.Delay(20);
        var log = new LogCapture();
        await using var second = new GossipNode(Microsoft.Extensions.Options.Options.Create(cluster.OptionsOf("a")), log);
        await second.StartAsync(default);
        await cluster.Log.AwaitAsync(line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
        await log.AwaitAsync(line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
    }
}
