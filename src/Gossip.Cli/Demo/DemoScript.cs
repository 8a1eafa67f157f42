using System.Diagnostics;
using System.Globalization;
using Gossip.Cli.Client;

namespace Gossip.Cli.Demo;

/// <summary>What the demo does, in order, as a person would read it. Each step waits for a condition and tells what it saw.</summary>
sealed class DemoScript(DemoCluster cluster, DemoScreen screen, CancellationToken cancel)
{
    const string Pods = "api/v1/namespaces/default/pods";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    readonly List<DemoStep> steps = [];
    readonly List<DemoFigure> figures = [];
    NodeClient node = null!;
    DemoNode talkingTo = null!;

    public async Task<DemoReport> RunAsync()
    {
        var total = Stopwatch.StartNew();
        string? failure = null;
        try
        {
            await FormAsync();
            await PlaceAsync();
            await AnswerAsync("requests through the service's endpoints");
            await BurstAsync();
            await LoseTwoAsync();
            await AnswerAsync("requests after the loss");
            await WhyAsync();
        }
        catch (CliFailure failed)
        {
            failure = string.Join(" ", failed.Details.Prepend(failed.Message));
        }
        var held = failure is null && steps.All(step => step.Held);
        return new DemoReport(held, steps, figures, failure) { TotalSeconds = total.Elapsed.TotalSeconds };
    }

    async Task FormAsync()
    {
        var count = cluster.Nodes.Count;
        screen.Doing($"starting {count} node processes on loopback");
        var all = Task.WhenAll(cluster.Nodes.Select(started => started.Ready));
        if (await Task.WhenAny(all, Task.Delay(Patience, cancel)) != all)
            throw new CliFailure($"not every node was ready within {Patience.TotalSeconds:0} s: is this machine very busy?");
        await all;
        var clock = Stopwatch.StartNew();
        var clients = new List<NodeClient>();
        foreach (var started in cluster.Nodes) clients.Add(await cluster.ClientOfAsync(started));
        (talkingTo, node) = (cluster.Nodes[0], clients[0]);
        screen.Doing("waiting until every member knows every other");
        var agreed = await UntilAsync(async () =>
        {
            foreach (var client in clients)
                if ((await client.MembersAsync(cancel)).Count(member => member.State == "Alive") != count) return false;
            return true;
        });
        Tell($"{count} members agree", agreed, $"each of {count} sees {count} alive");
        figures.Add(new DemoFigure("all members agree, from the last node listening", clock.Elapsed.TotalSeconds, 2));
    }

    async Task PlaceAsync()
    {
        screen.Doing("applying examples/manifests/hello.yaml");
        await Applying.PerformAsync(node, ExampleManifests.Plan("hello.yaml"), _ => { }, cancel);
        var clock = Stopwatch.StartNew();
        var running = await UntilAsync(async () => (await PodsAsync()).Count(pod => pod.Ready) == 11);
        var pods = await PodsAsync();
        var hello = pods.Where(pod => IsHello(pod) && pod.Ready).ToList();
        var addresses = hello.Select(pod => pod.Ip).Distinct().Count();
        Tell("ten web servers run, each at an address of its own", running && hello.Count == 10 && addresses == 10,
            $"{hello.Count} on {hello.Select(pod => pod.Node).Distinct().Count()} nodes in {Seconds(clock)}");
        var ssd = pods.FirstOrDefault(pod => pod.Name == "on-ssd");
        Tell("the pod with a nodeSelector runs where it must", ssd is { Ready: true, Node: "node-3" }, $"on-ssd is on {ssd?.Node}");
        var big = pods.FirstOrDefault(pod => pod.Name == "too-big");
        Tell("the pod that cannot fit is pending, not an error", big is { Phase: "Pending", Node: "" }, big?.Message ?? "not there");
    }

    async Task AnswerAsync(string what)
    {
        screen.Doing(what);
        using var web = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var answered = new HashSet<string>(StringComparer.Ordinal);
        var seen = 0;
        var all = await UntilAsync(async () =>
        {
            var endpoints = await node.GetAsync("api/v1/namespaces/default/endpoints/hello", cancel);
            var addresses = (endpoints["subsets"]?.AsArray() ?? [])
                .SelectMany(subset => subset?["addresses"]?.AsArray() ?? []).Select(address => address!["ip"]!.GetValue<string>()).ToList();
            seen = addresses.Count;
            answered.Clear();
            foreach (var ip in addresses)
            {
                try
                {
                    answered.Add((await web.GetStringAsync($"http://{ip}:8080/", cancel)).Trim());
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
                {
                    return false; // runs, but does not listen yet
                }
            }
            return answered.Count == 10;
        });
        Tell(what, all, $"{answered.Count} different pods answered at {seen} endpoints, one said: {answered.FirstOrDefault()}");
    }

    async Task BurstAsync()
    {
        screen.Doing("fifty more pods at once");
        var clock = Stopwatch.StartNew();
        await Applying.PerformAsync(node, ExampleManifests.Plan("burst.yaml"), _ => { }, cancel);
        var admitted = await UntilAsync(async () => (await PodsAsync()).Count(pod => IsBurst(pod) && pod.Node.Length > 0) == 50);
        figures.Add(new DemoFigure("fifty pods admitted, from the request", clock.Elapsed.TotalSeconds, 2));
        var running = await UntilAsync(async () => (await PodsAsync()).Count(pod => IsBurst(pod) && pod.Ready) == 50);
        var perNode = (await PodsAsync()).Where(IsBurst).GroupBy(pod => pod.Node).Select(group => group.Count()).ToList();
        Tell("fifty more pods run", admitted && running, $"between {perNode.Min()} and {perNode.Max()} a node, in {Seconds(clock)}");
    }

    async Task LoseTwoAsync()
    {
        DemoNode[] lost = [talkingTo, cluster.Nodes[^1]];
        var names = lost.Select(machine => machine.Name).ToHashSet(StringComparer.Ordinal);
        var before = (await PodsAsync()).Where(pod => names.Contains(pod.Node)).Select(pod => pod.Name).ToHashSet(StringComparer.Ordinal);
        screen.Doing($"losing {string.Join(" and ", names)}: SIGKILL to each node and to all {before.Count} pods on them");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(lost.Select(machine => machine.LoseAsync()));
        talkingTo = cluster.Survivors.First();
        node = await cluster.ClientOfAsync(talkingTo);
        var back = new Dictionary<string, double>(StringComparer.Ordinal);
        var all = await UntilAsync(async () =>
        {
            foreach (var pod in await PodsAsync())
                if (before.Contains(pod.Name) && pod.Ready && !names.Contains(pod.Node)) back.TryAdd(pod.Name, clock.Elapsed.TotalSeconds);
            return back.Count == before.Count;
        });
        var times = back.Values.Order().ToList();
        if (times.Count > 0)
        {
            figures.Add(new DemoFigure("machine lost to its pod running elsewhere, median", times[times.Count / 2], 3));
            figures.Add(new DemoFigure("machine lost to its pod running elsewhere, slowest", times[^1], 10));
        }
        Tell("every pod of the lost machines runs elsewhere", all, $"{back.Count} of {before.Count} came back, told by {talkingTo.Name}");
    }

    async Task WhyAsync()
    {
        screen.Doing("asking why the odd pod is pending");
        var why = await node.WhyAsync("default", "too-big", cancel);
        var isTold = why.Lines.Any(line => line.Contains("cpu", StringComparison.Ordinal));
        Tell("a survivor says why too-big is pending", !why.Placed && isTold, why.Headline);
    }

    async Task<IReadOnlyList<DemoPod>> PodsAsync()
    {
        var pods = DemoPod.From(await node.GetAsync(Pods, cancel));
        screen.Show(await node.MembersAsync(cancel), pods);
        return pods;
    }

    /// <summary>Looks until it holds. A node that does not answer just now is asked again.</summary>
    async Task<bool> UntilAsync(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await holds()) return true;
            }
            catch (CliFailure) when (clock.Elapsed < Patience)
            {
                // Busy, or not there yet.
            }
            if (clock.Elapsed > Patience) return false;
            await Task.Delay(Look, cancel);
        }
    }

    void Tell(string what, bool held, string seen)
    {
        var step = new DemoStep(what, held, seen);
        steps.Add(step);
        screen.Done(step);
    }

    static bool IsHello(DemoPod pod) => pod.Name.StartsWith("hello-", StringComparison.Ordinal);
    static bool IsBurst(DemoPod pod) => pod.Name.StartsWith("burst-", StringComparison.Ordinal);
    static string Seconds(Stopwatch clock) => clock.Elapsed.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
