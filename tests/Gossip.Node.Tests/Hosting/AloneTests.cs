using System.Diagnostics;
using Gossip.Cli.Demo;
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
        var dead = $"127.0.0.1:{FreePorts.Take()}";
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
    public async Task Who_takes_the_name_of_a_seed_is_refused_and_the_holder_notices_nothing()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var holder = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 1, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 1);
        var copy = copies.Running.Single();
        var boot = (await holder.LookAsync()).Nodes.Single().Member.Incarnation.Boot;
        await RefusedAsync(cluster);

        Assert.Equal(boot, (await holder.LookAsync()).Nodes.Single().Member.Incarnation.Boot);
        Assert.Same(copy, copies.Running.Single());
        Assert.DoesNotContain(cluster.Log.Lines, line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_takes_the_name_of_another_seed_s_peer_is_refused()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync("c");
        var first = await cluster.StartAsync("a");
        await TestCluster.UntilAsync(first, view => view.Nodes.Count(node => node.Member.IsLive) == 2);
        await RefusedAsync(cluster);
    }

    [Fact]
    public async Task A_name_is_free_again_once_its_holder_is_gone()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync("c");
        await using (var first = new GossipNode(Microsoft.Extensions.Options.Options.Create(cluster.OptionsOf("a")), cluster.Log))
        {
            await first.StartAsync(default);
            await TestCluster.UntilAsync(first, view => view.Nodes.Count(node => node.Member.IsLive) == 2);
        }
        await cluster.StartAsync("a");
    }

    [Fact]
    public async Task Two_of_one_name_that_meet_later_both_warn()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a");
        var log = new LogCapture();
        var options = cluster.OptionsOf("a");
        options.Seeds.Clear();
        await using var second = new GossipNode(Microsoft.Extensions.Options.Options.Create(options), log);
        await second.StartAsync(default);
        await cluster.StartAsync("c", both => both.Seeds.Add(second.Address.ToString()));
        await cluster.Log.AwaitAsync(line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
        await log.AwaitAsync(line => line.Text.Contains("another node goes by this name", StringComparison.Ordinal));
    }

    static async Task RefusedAsync(TestCluster cluster)
    {
        await using var second = new GossipNode(Microsoft.Extensions.Options.Options.Create(cluster.OptionsOf("a")), new LogCapture());
        var refused = await Assert.ThrowsAsync<GossipStartException>(() => second.StartAsync(default));
        Assert.Equal("Name", refused.Option);
        Assert.Contains("another node goes by 'a' and answers at 127.0.0.1:", refused.Message, StringComparison.Ordinal);
    }
}
