using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.View;
using Gossip.Node.Store;
using Gossip.Node.Tests.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gossip.Node.Tests.Hosting;

public sealed class GossipNodeTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-node-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static readonly ObjectName thing = new("ConfigMap", "default", "thing");

    static CreateObject Create(ObjectName name) => new(name, "v1", [new ObjectField("data.a", Encoding.UTF8.GetBytes("\"b\""))]);

    static async Task<ObjectStored> StoreAsync(GossipNode node, ObjectName name) =>
        Assert.IsType<ObjectStored>(await node.AskAsync(Create(name)));

    [Fact]
    public async Task Three_nodes_find_each_other_and_share_what_one_was_told()
    {
        await using var cluster = new TestCluster();
        GossipNode[] nodes = [await cluster.StartAsync("a"), await cluster.StartAsync("b"), await cluster.StartAsync("c")];
        foreach (var node in nodes) await TestCluster.UntilAsync(node, view => view.Nodes.Count(seen => seen.Member.IsLive) == 3);

        var stored = await StoreAsync(nodes[1], thing);
        foreach (var node in nodes)
        {
            var view = await TestCluster.UntilAsync(node, view => view.Objects.Any(held => held.Uid == stored.Object.Uid));
            Assert.Equal("\"b\"", Encoding.UTF8.GetString(view.Objects.Single(held => held.Uid == stored.Object.Uid)["data.a"]!.Value.Span));
        }
    }

    [Fact]
    public async Task A_node_restarted_on_its_folder_remembers()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", options => options.DataFolder = folder);
        var stored = await StoreAsync(first, thing);
        await first.StopAsync(CancellationToken.None);

        var again = await cluster.StartAsync("a", options =>
        {
            options.DataFolder = folder;
            options.Seeds.Clear();
        });
        Assert.Contains((await again.LookAsync()).Objects, held => held.Uid == stored.Object.Uid);
    }

    [Fact]
    public async Task A_log_that_grew_is_replaced_by_a_snapshot_and_nothing_is_lost()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", options => (options.DataFolder, options.CompactAt) = (folder, 64 * 1024));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => StoreAsync(first, thing with { Name = $"thing-{i}-{new string('x', 200)}" })));
        await first.StopAsync(CancellationToken.None);
        Assert.True(File.Exists(Path.Combine(folder, "snapshot")));

        var again = await cluster.StartAsync("a", options =>
        {
            options.DataFolder = folder;
            options.Seeds.Clear();
        });
        Assert.Equal(300, (await again.LookAsync()).Objects.Count(held => held.Name.Kind == "ConfigMap"));
    }

    /// <summary>
    /// The snapshot of a node rots that has since joined what a peer had seen, edits among it. Had it believed that, it would
    /// have told the peer that all which was in the snapshot is deleted.
    /// </summary>
    [Theory, InlineData("flipped"), InlineData("gone")]
    public async Task A_node_whose_snapshot_is_damaged_gets_everything_back_and_deletes_nothing(string snapshot)
    {
        const int Things = 60;
        await using var cluster = new TestCluster();
        var keeper = await cluster.StartAsync("keeper");
        Task<GossipNode> ForgetfulAsync() =>
            cluster.StartAsync("forgetful", options => (options.DataFolder, options.CompactAt) = (folder, 64 * 1024));
        static int Count(ClusterView view) => view.Objects.Count(held => held.Name.Kind == "ConfigMap");

        var forgetful = await ForgetfulAsync();
        var names = Enumerable.Range(0, Things).Select(i => $"thing-{i}-{new string('x', 200)}");
        await Task.WhenAll(names.Select(name => StoreAsync(keeper, thing with { Name = name })));
        await TestCluster.UntilAsync(forgetful, view => Count(view) == Things);
        for (var i = 0; !File.Exists(Path.Combine(folder, "snapshot")); i++)
            await StoreAsync(forgetful, new ObjectName("Lease", "default", $"filler-{i}"));
        await forgetful.StopAsync(CancellationToken.None);
        var seen = await StoreAsync(keeper, thing);
        foreach (var edit in (string[])["\"c\"", "\"d\""]) // the first of the two is in no row any more
        {
            var replace = new ReplaceObject(thing, 0, [new ObjectField("data.a", Encoding.UTF8.GetBytes(edit))]);
            Assert.IsType<ObjectStored>(await keeper.AskAsync(replace));
        }
        forgetful = await ForgetfulAsync();
        await TestCluster.UntilAsync(forgetful, view => view.Objects.Any(held => held.Uid == seen.Object.Uid));
        while (!Stored.Records(folder).Any(record => record.Span[1] == (byte)JournalKind.Context))
            await Task.Delay(20, TestContext.Current.CancellationToken); // another thread writes it
        await forgetful.StopAsync(CancellationToken.None);

        var path = Path.Combine(folder, "snapshot");
        if (snapshot == "gone") File.Delete(path);
        else Stored.Flip(path);
        forgetful = await ForgetfulAsync();
        await TestCluster.UntilAsync(forgetful, view => Count(view) == Things + 1);
        Assert.Equal(Things + 1, Count(await keeper.LookAsync()));
    }

    [Fact]
    public async Task A_workload_is_declared_once_and_runs_as_often_as_asked_for()
    {
        var running = 0;
        async Task MailAsync(WorkloadContext context, CancellationToken stop)
        {
            Interlocked.Increment(ref running);
            try { await Task.Delay(Timeout.Infinite, stop); }
            finally { Interlocked.Decrement(ref running); }
        }
        await using (var cluster = new TestCluster())
        {
            var a = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 3, MailAsync));
            var b = await cluster.StartAsync("b", options => options.AddWorkload("mailer", 3, MailAsync));
            foreach (var node in new[] { a, b })
            {
                var view = await TestCluster.UntilAsync(node, view => view.Pods.Count(pod => pod.Ready) == 3);
                Assert.Single(view.Objects, held => held.Name == new ObjectName("Deployment", "default", "mailer"));
                Assert.Equal(3, view.Pods.Length);
            }
            Assert.Equal(3, Volatile.Read(ref running));
        }
        Assert.Equal(0, Volatile.Read(ref running)); // a stopped node leaves no delegate running
    }

    [Fact]
    public async Task A_node_that_is_asked_to_leave_has_left_before_it_stops()
    {
        await using var cluster = new TestCluster();
        var a = await cluster.StartAsync("a");
        var b = await cluster.StartAsync("b", options => options.LeaveOnStop = true);
        foreach (var node in new[] { a, b }) await TestCluster.UntilAsync(node, view => view.Nodes.Count(seen => seen.Member.IsLive) == 2);
        await b.StopAsync(CancellationToken.None);
        await TestCluster.UntilAsync(a, view => view.Nodes.Any(seen => seen.Member is { Name: "b", State: MemberState.Left }));
    }

    [Fact]
    public async Task A_temporary_folder_goes_with_its_node()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        var temporary = node.DataFolder;
        Assert.True(Directory.Exists(temporary));
        await node.StopAsync(CancellationToken.None);
        Assert.False(Directory.Exists(temporary));
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.LookAsync());
    }

    [Fact]
    public async Task A_second_node_on_a_folder_does_not_start_and_leaves_the_first_alone()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", options => options.DataFolder = folder);
        await Assert.ThrowsAsync<StoreFault>(() => cluster.StartAsync("b", options => options.DataFolder = folder));
        await StoreAsync(first, thing);
    }

    [Fact]
    public async Task A_host_gets_its_node_as_a_service_and_stops_it()
    {
        var builder = new HostBuilder();
        builder.ConfigureServices(services => services.AddGossip(options =>
        {
            options.Name = "embedded";
            options.Keyring = Gossip.Node.Sealing.Keyring.Generate();
            options.Port = 0;
        }));
        using var host = builder.Build();
        await host.StartAsync();
        var node = host.Services.GetRequiredService<GossipNode>();
        var view = await node.LookAsync();
        Assert.Equal("embedded", Assert.Single(view.Nodes).Member.Name);
        await host.StopAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.LookAsync());
    }

    [Fact]
    public async Task A_host_with_wrong_options_does_not_start_and_says_why()
    {
        var builder = new HostBuilder();
        builder.ConfigureServices(services => services.AddGossip(options => options.Name = "No Label"));
        using var host = builder.Build();
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(fault.Failures, failure => failure.StartsWith("Name: ", StringComparison.Ordinal));
        Assert.Contains(fault.Failures, failure => failure.StartsWith("Keyring: ", StringComparison.Ordinal));
    }
}
