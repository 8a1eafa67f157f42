using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Node.Tests.Hosting;

namespace Gossip.Node.Tests.Scheduling;

/// <summary>Two real nodes, of which <c>b</c> has a host app with rules; <c>a</c> and <c>b</c> both can run <c>work</c>.</summary>
public sealed class HostRulesTests
{
    sealed class Filter(string name, Func<PodTemplate, NodeFacts, FilterVerdict> check) : IFilter
    {
        public string Name => name;
        public FilterVerdict Check(PodTemplate pod, in NodeFacts node) => check(pod, node);
    }

    sealed class Favourite(string name, int score) : IScore
    {
        public string Name => name;
        public int Score(PodTemplate pod, in NodeFacts node) => score;
    }

    static async Task<GossipNode> StartAsync(TestCluster cluster, string name, Action<SchedulingOptions>? rules = null) =>
        await cluster.StartAsync(name, options =>
        {
            options.AddWorkload("work", 0, (_, stop) => Task.Delay(Timeout.Infinite, stop));
            rules?.Invoke(options.Scheduling);
        });

    static async Task RunAsync(GossipNode node, string pod, string field = "spec.priority", string json = "0")
    {
        var fields = new[] { ("spec.runtimeClassName", "\"in-process\""), ("spec.containers", """[{"name": "work", "image": "work"}]"""), (field, json) };
        Assert.IsType<ObjectStored>(await node.AskAsync(new CreateObject(new ObjectName("Pod", "default", pod), "v1",
            [.. fields.Select(one => new ObjectField(one.Item1, Encoding.UTF8.GetBytes(one.Item2)))])));
    }

    static string Refusals(ClusterView view, string pod) => view.Pods.Single(seen => seen.Name == pod) is { Summary: { } round }
        ? string.Join('\n', round.Answers.Where(answer => !answer.IsBid).Select(answer => answer.Why)) : "";

    /// <summary>The pod is pending, and <c>why</c> has the words.</summary>
    static bool Tells(ClusterView view, string pod, string words) =>
        view.Pods.Any(seen => seen.Name == pod && seen.Standing is null) && Refusals(view, pod).Contains(words, StringComparison.Ordinal);

    [Fact]
    public async Task A_filter_refuses_in_its_own_words_and_others_take_the_pod()
    {
        await using var cluster = new TestCluster();
        var b = await StartAsync(cluster, "b", rules => rules.Filter(new Filter("disk-quota", (_, node) => FilterVerdict.No($"{node.Name} keeps its disk"))));
        await RunAsync(b, "one");
        await TestCluster.UntilAsync(b, view => Tells(view, "one", "disk-quota: b keeps its disk"));
        var a = await StartAsync(cluster, "a");
        await TestCluster.UntilAsync(a, view => view.Pods.Any(pod => pod is { Name: "one", NodeName: "a", Ready: true }));
    }

    [Fact]
    public async Task A_filter_that_throws_refuses_and_the_node_says_which()
    {
        await using var cluster = new TestCluster();
        var b = await StartAsync(cluster, "b", rules => rules.Filter(new Filter("broken", (_, _) => throw new InvalidOperationException("no such table"))));
        await RunAsync(b, "one");
        const string fault = "host filter broken failed: no such table";
        await TestCluster.UntilAsync(b, view => Tells(view, "one", fault) && view.Nodes.Single().Member.Capacity.HostFault == fault);
    }

    [Fact]
    public async Task A_filter_that_never_returns_is_given_up_and_the_node_goes_on()
    {
        using var returns = new ManualResetEventSlim();
        await using var cluster = new TestCluster();
        var calls = 0;
        var b = await StartAsync(cluster, "b", rules => rules.Filter(new Filter("asleep", (_, _) =>
        {
            Interlocked.Increment(ref calls);
            returns.Wait();
            return FilterVerdict.Yes;
        })));
        await RunAsync(b, "one");
        await TestCluster.UntilAsync(b, view => Tells(view, "one", "host filter asleep took longer than 50 ms"));
        await RunAsync(b, "two"); // the loop is alive, and nobody calls the rule a second time
        await TestCluster.UntilAsync(b, view => Tells(view, "two", "host filter asleep has not returned for"));
        Assert.Equal(1, Volatile.Read(ref calls));
        Assert.Contains("host filter asleep", (await b.LookAsync()).Nodes.Single().Member.Capacity.HostFault, StringComparison.Ordinal);

        var a = await StartAsync(cluster, "a");
        await TestCluster.UntilAsync(a, view => view.Pods.Count(pod => pod is { NodeName: "a", Ready: true }) == 2);
        returns.Set();
        await RunAsync(b, "three", "spec.nodeName", "\"b\"");
        await TestCluster.UntilAsync(b, view => view.Pods.Any(pod => pod is { Name: "three", NodeName: "b", Ready: true }));
    }

    [Fact]
    public async Task A_score_draws_the_pod_and_is_told_with_the_others()
    {
        await using var cluster = new TestCluster();
        var a = await StartAsync(cluster, "a", rules => rules.Score(new Favourite("mine", 0), 100));
        var b = await StartAsync(cluster, "b", rules => rules.Score(new Favourite("mine", 1000), 100));
        foreach (var node in new[] { a, b }) await TestCluster.UntilAsync(node, view => view.Nodes.Count(seen => seen.Member.IsLive) == 2);
        for (var nth = 1; ; nth++) // on a busy machine one of them may bid too late, and the other wins
        {
            var name = $"pod-{nth}";
            await RunAsync(a, name);
            var view = await TestCluster.UntilAsync(a, view => view.Pods.Any(pod => pod is { Ready: true, Summary: not null } && pod.Name == name));
            var placed = view.Pods.Single(pod => pod.Name == name);
            Assert.Contains(placed.Summary!.Answers, answer => answer.IsBid && answer.Why.Contains("mine ", StringComparison.Ordinal));
            if (placed.Summary.Answers.Count(answer => answer.IsBid) < 2 && nth < 10) continue;
            Assert.Equal("b", placed.NodeName);
            break;
        }
    }

    [Fact]
    public async Task A_score_beyond_its_bounds_is_a_fault()
    {
        await using var cluster = new TestCluster();
        var b = await StartAsync(cluster, "b", rules => rules.Score(new Favourite("greedy", 1001), 1));
        await RunAsync(b, "one");
        await TestCluster.UntilAsync(b, view => Tells(view, "one", "host score greedy failed: 1001 is not 0 to 1000"));
    }
}
