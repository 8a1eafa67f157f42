using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Node.Cluster;
using Gossip.Node.Workloads;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>The code owns its declaration: the last deployed counts.</summary>
public sealed class DeclarationTests
{
    [Fact]
    public async Task Copies_follow_a_rolling_deploy_and_a_rollback_and_the_older_hosts_say_that_they_are()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var old = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 3, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 3);
        var b = await cluster.StartAsync("b", options => options.AddWorkload("mailer", 5, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 5);
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Information && line.Text.Contains("this host was deployed last", StringComparison.Ordinal));
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Warning && line.Text.Contains("but a later deployment declared", StringComparison.Ordinal));
        await old.StopAsync(default);
        await copies.UntilAsync(now => now.ByNode.GetValueOrDefault("b") == 5);
        await cluster.StartAsync("a2", options =>
        {
            options.Seeds[0] = $"127.0.0.1:{b.Address.Port}";
            options.AddWorkload("mailer", 3, copies.RunAsync);
        });
        await copies.UntilAsync(now => now.Count == 3);
        Assert.Equal(0, copies.Overlaps);
    }

    [Fact]
    public async Task A_greater_deployment_number_counts_whenever_its_host_started()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        await cluster.StartAsync("a", options =>
        {
            options.Deployment = 7;
            options.AddWorkload("mailer", 4, copies.RunAsync);
        });
        await copies.UntilAsync(now => now.Count == 4);
        await cluster.StartAsync("b", options =>
        {
            options.Deployment = 6; // an old host that crashed and is back
            options.AddWorkload("mailer", 1, copies.RunAsync);
        });
        await cluster.Log.AwaitAsync(line => line.Text.Contains("but a later deployment declared", StringComparison.Ordinal));
        Assert.Equal(4, copies.Count);
    }

    [Fact]
    public async Task What_was_scaled_by_hand_stays_until_the_code_says_something_else()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var a = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 2, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 2);
        await new NodeGossip(a).ScaleAsync("mailer", 4);
        await copies.UntilAsync(now => now.Count == 4);
        var b = await cluster.StartAsync("b", options => options.AddWorkload("mailer", 2, copies.RunAsync)); // the same code
        await TestCluster.UntilAsync(b, view => view.Pods.Count(pod => pod.Ready) == 4);
        await copies.UntilAsync(now => now.Count == 4 && now.ByNode.Count == 2); // and it takes part
        await cluster.StartAsync("c", options => options.AddWorkload("mailer", 1, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 1);
    }

    [Fact]
    public async Task A_renamed_workload_runs_under_its_new_name_and_the_old_one_is_retired()
    {
        await using var cluster = new TestCluster();
        var (before, after) = (new Copies(), new Copies());
        var a = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 2, before.RunAsync));
        await before.UntilAsync(now => now.Count == 2);
        var b = await cluster.StartAsync("b", options => options.AddWorkload("postman", 2, after.RunAsync));
        await after.UntilAsync(now => now.Count == 2);
        Assert.Equal(2, before.Count); // one host still has it
        await a.StopAsync(default);
        await TestCluster.UntilAsync(b, view =>
            view.Objects.Count(held => held.Name.Kind == "Deployment") == 1 && view.Pods.All(pod => pod.Owner.Name == "postman"));
        await cluster.Log.AwaitAsync(line => line.Text == "workload mailer: no host has it any more, so it is retired");
        Assert.Equal(2, after.Count);
    }

    [Fact]
    public async Task A_host_that_died_keeps_its_names()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var b = await cluster.StartAsync("b", options => options.AddWorkload("other", 0, copies.RunAsync));
        await cluster.StartAsync("a", options =>
        {
            options.LeaveOnStop = false; // goes without a goodbye, as one that is killed
            options.AddWorkload("mailer", 1, copies.RunAsync);
        });
        await copies.UntilAsync(now => now.Count == 1);
        // A declaration that only its host has yet goes with it.
        await TestCluster.UntilAsync(b, view => view.Objects.Any(held => held.Name.Name == "mailer"));
        await cluster.StopAsync("a");
        await TestCluster.UntilAsync(b, view =>
            view.Nodes.Any(node => node.Member is { Name: "a", State: Gossip.Core.Membership.MemberState.Dead }));
        await Task.Delay(TimeSpan.FromSeconds(15)); // twice what a name that nobody has is waited for
        Assert.Contains((await b.LookAsync()).Objects, held => held.Name.Name == "mailer");
    }

    [Fact]
    public async Task Labels_follow_and_what_others_added_stays()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var a = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 1, copies.RunAsync));
        var view = await TestCluster.UntilAsync(a, view => view.Objects.Any(held => held.Name.Name == "mailer"));
        var held = view.Objects.Single(held => held.Name.Name == "mailer");
        Assert.IsType<ObjectStored>(
            await a.AskAsync(
                new ReplaceObject(held.Name, held.Version, [.. held.Fields, new ObjectField("spec.note", "\"mine\""u8.ToArray())])));
        var b = await cluster.StartAsync("b", options =>
            options.AddWorkload("mailer", 1, copies.RunAsync, workload => workload.Labels["team"] = "post"));
        await TestCluster.UntilAsync(b, view => view.Pods.Any(pod => pod.Ready && pod.Template.Labels["team"] == "post"));
        Assert.NotNull((await b.LookAsync()).Objects.Single(held => held.Name.Name == "mailer")["spec.note"]);
    }

    [Fact]
    public async Task A_deployment_of_somebody_else_is_left_alone()
    {
        await using var cluster = new TestCluster();
        var a = await cluster.StartAsync("a");
        var name = new ObjectName("Deployment", "default", "mailer");
        Assert.IsType<ObjectStored>(await a.AskAsync(new CreateObject(name, "apps/v1",
            [
                new ObjectField("spec.replicas", "0"u8.ToArray()),
                new ObjectField("spec.template", """
                    {"metadata":{"labels":{"app":"mailer"}},"spec":{"containers":[{"name":"m","image":"m"}]}}
                    """u8.ToArray()),
            ])));
        var copies = new Copies();
        await cluster.StartAsync("b", options => options.AddWorkload("mailer", 1, copies.RunAsync));
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Warning && line.Text.Contains("no host app declared", StringComparison.Ordinal));
        Assert.Equal(0, copies.Count);
    }

    [Fact]
    public async Task A_deleted_one_starts_anew()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var a = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 1, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 1);
        var first = (await a.LookAsync()).Objects.Single(held => held.Name.Name == "mailer").Uid;
        Assert.IsType<Deleted>(await a.AskAsync(new DeleteObject(Declaration.NameOf("mailer"), null)));
        await TestCluster.UntilAsync(a, view => view.Objects.Any(held => held.Name.Name == "mailer" && held.Uid != first));
        await copies.UntilAsync(now => now.Count == 1);
    }

    [Theory]
    [InlineData("0/5", 0, 5)]
    [InlineData("12/1764541234567", 12, 1764541234567)]
    public void A_stamp_is_read_as_written(string text, long deployment, long milliseconds)
    {
        var stamp = DeclarationStamp.TryRead(text);
        Assert.Equal(new DeclarationStamp(deployment, milliseconds), stamp);
        Assert.Equal(text, stamp.ToString());
    }

    [Theory, InlineData(""), InlineData("5"), InlineData("-1/5"), InlineData("1/2/3"), InlineData("a/b"),
        InlineData("99999999999999999999/1")]
    public void A_stamp_that_is_none_is_nobodys(string text) => Assert.Null(DeclarationStamp.TryRead(text));

    [Fact]
    public void A_declaration_that_was_there_first_is_older_whatever_the_clocks_say()
    {
        var found = new DeclarationStamp(0, 1000);
        Assert.True(new DeclarationStamp(0, 5).After(found) > found);
        Assert.Equal(new DeclarationStamp(0, 2000), new DeclarationStamp(0, 2000).After(found));
        // only a number keeps it ahead
        Assert.True(new DeclarationStamp(0, 5000).After(new DeclarationStamp(1, 1)) < new DeclarationStamp(1, 1));
        Assert.True(new DeclarationStamp(2, 1).After(new DeclarationStamp(1, long.MaxValue)) > new DeclarationStamp(1, long.MaxValue));
    }
}
