using System.Text.Json.Nodes;

namespace Gossip.EndToEnd;

/// <summary>Nodes as an operator sees them: processes that start, find each other, die and come back.</summary>
public sealed class NodeProcessTests
{
    [Fact]
    public async Task A_node_says_when_it_listens_and_knows_itself()
    {
        await using var cluster = await LocalCluster.StartAsync(1);

        var member = Assert.Single(await MembersAsync(cluster[0]));
        Assert.Equal(("node-1", "Alive"), (Text(member, "name"), Text(member, "state")));
    }

    [Fact]
    public async Task A_node_whose_port_is_taken_says_so_in_words_and_ends()
    {
        await using var cluster = await LocalCluster.StartAsync(1);
        var setup = cluster[0].Setup with { Name = "late", Data = Path.Combine(cluster.Folder, "late") };
        Directory.CreateDirectory(setup.Data);
        await using var late = NodeProcess.Launch(setup);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(late.UntilReadyAsync);
        Assert.Contains(setup.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Gossip.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_know_one_seed_all_find_each_other()
    {
        await using var cluster = await LocalCluster.StartAsync(3);

        await AllAliveAsync(cluster);
    }

    [Fact]
    public async Task A_killed_node_that_starts_again_on_its_folder_is_the_same_member_in_a_later_life()
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        await AllAliveAsync(cluster);
        var before = Text(await MemberAsync(cluster[0], "node-2"), "incarnation");

        await cluster[1].KillAsync();
        await LocalCluster.UntilAsync("node-1 finds node-2 gone", async () => Text(await MemberAsync(cluster[0], "node-2"), "state") != "Alive");
        await cluster.RestartAsync(1);
        await AllAliveAsync(cluster);

        Assert.NotEqual(before, Text(await MemberAsync(cluster[0], "node-2"), "incarnation"));
        Assert.Equal(3, (await MembersAsync(cluster[0])).Count);
    }

    static Task AllAliveAsync(LocalCluster cluster) => LocalCluster.UntilAsync("every node sees every node alive", async () =>
    {
        foreach (var node in cluster.Nodes)
            if ((await MembersAsync(node)).Count(member => Text(member, "state") == "Alive") != cluster.Nodes.Count) return false;
        return true;
    });

    static async Task<JsonArray> MembersAsync(NodeProcess node) => (await node.GetAsync("gossip/v1/members"))["members"]!.AsArray();

    static async Task<JsonNode?> MemberAsync(NodeProcess node, string name) =>
        (await MembersAsync(node)).Single(member => Text(member, "name") == name);

    static string Text(JsonNode? node, string field) => node?[field]?.GetValue<string>() ?? "";
}
