using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;

namespace Gossip.Cli.Tests.Client;

/// <summary>The loop that empties a node: it cordons, evicts, asks again what a budget forbids, and is done when nothing is left.</summary>
public sealed class NodeDrainTests
{
    /// <summary>A node with pods; an eviction is answered by the test, and what is evicted leaves at the look after.</summary>
    sealed class Cluster(params string[] pods)
    {
        readonly Lock gate = new();
        readonly List<string> there = [.. pods];
        readonly HashSet<string> leaving = [];

        public string State { get; set; } = "Alive";
        public List<string> Log { get; } = [];
        public Func<string, int, Answer> Evict { get; set; } = (_, _) => new Answer("{}", 201);

        public Answer Tell(Asked asked)
        {
            lock (gate)
            {
                if (asked.Method == "PATCH")
                {
                    Log.Add($"{asked.Path} {asked.Body}");
                    return new Answer("{}");
                }
                if (asked.Path.EndsWith("/pods", StringComparison.Ordinal)) return Look();
                var pod = asked.Path.Split('/')[^2];
                Assert.Equal($"uid-{pod}", JsonNode.Parse(asked.Body)!["deleteOptions"]!["preconditions"]!["uid"]!.GetValue<string>());
                Log.Add($"evict {pod}");
                var answer = Evict(pod, Log.Count(line => line == $"evict {pod}"));
                if (answer.Code < 300) leaving.Add(pod);
                return answer;
            }
        }

        Answer Look()
        {
            var shown = there.Select(pod => new
            {
                uid = $"uid-{pod}", @namespace = "default", name = pod, leaves = leaving.Contains(pod),
            }).ToList();
            there.RemoveAll(leaving.Contains);
            return new Answer(JsonSerializer.Serialize(new { state = State, pods = shown }));
        }
    }

    static async Task<(NodeDrain Drain, List<DrainedPod> Seen)> DrainAsync(Cluster cluster)
    {
        await using var fake = await FakeNode.StartAsync(cluster.Tell);
        using var client = new NodeClient(fake.Url, Timeout.InfiniteTimeSpan);
        var drain = new NodeDrain(client, "node-1");
        var seen = new List<DrainedPod>();
        await drain.RunAsync(seen.Add, TestContext.Current.CancellationToken);
        return (drain, seen);
    }

    static Answer Refuse(int code, string because) => new(JsonSerializer.Serialize(new { message = because }), code);

    [Fact]
    public async Task An_empty_node_is_cordoned_and_done()
    {
        var cluster = new Cluster();
        await DrainAsync(cluster);
        Assert.Equal(["""/api/v1/nodes/node-1 {"spec":{"unschedulable":true}}"""], cluster.Log);
    }

    [Fact]
    public async Task Every_pod_is_evicted_once_and_followed_until_it_is_gone()
    {
        var cluster = new Cluster("a", "b");
        var (drain, seen) = await DrainAsync(cluster);
        Assert.Equal(["evict a", "evict b"], cluster.Log[1..].Order(StringComparer.Ordinal));
        Assert.Equal(["evicting", "leaving", "gone"], seen.Where(pod => pod.Name == "a").Select(pod => pod.State));
        Assert.All(drain.Pods, pod => Assert.Equal("gone", pod.State));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(409)]
    [InlineData(503)]
    public async Task What_is_forbidden_for_now_is_asked_again_and_says_why_it_waits(int code)
    {
        var cluster = new Cluster("a") { Evict = (_, time) => time == 1 ? Refuse(code, "the budget allows none") : new Answer("{}", 201) };
        var (_, seen) = await DrainAsync(cluster);
        Assert.Equal(2, cluster.Log.Count(line => line == "evict a"));
        Assert.Contains(new DrainedPod("default", "a", "waiting", "the budget allows none"), seen);
        Assert.Equal("gone", seen[^1].State);
    }

    [Fact]
    public async Task One_that_cannot_be_evicted_does_not_hold_up_the_others_and_is_named_at_the_end()
    {
        var cluster = new Cluster("bad", "good") { Evict = (pod, _) => pod == "bad" ? Refuse(422, "never") : new Answer("{}", 201) };
        var failure = await Assert.ThrowsAsync<CliFailure>(() => DrainAsync(cluster));
        Assert.Contains("1 pods are left on node-1 that cannot be evicted: never", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["evict bad", "evict good"], cluster.Log[1..].Order(StringComparer.Ordinal)); // a final refusal is not asked again
    }

    [Theory]
    [InlineData("Dead")]
    [InlineData("Left")]
    public async Task Pods_of_a_dead_node_move_without_anybody_asking(string state)
    {
        var cluster = new Cluster("a") { State = state };
        await DrainAsync(cluster);
        Assert.DoesNotContain("evict a", cluster.Log);
    }

    [Fact]
    public async Task Giving_up_says_what_is_left_and_where_it_stands()
    {
        var cluster = new Cluster("a") { Evict = (_, _) => Refuse(429, "the budget [allows]\nnone") };
        await using var fake = await FakeNode.StartAsync(cluster.Tell);
        var run = await VerbRun.RunAsync(fake.Url, "drain", "node-1", "--timeout", "1s");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("gossip: node-1 is cordoned, and after 1 s not empty:", run.Error, StringComparison.Ordinal);
        Assert.Contains("  pod/a -n default waiting: the budget [allows]\\nnone", run.Error, StringComparison.Ordinal);
    }
}
