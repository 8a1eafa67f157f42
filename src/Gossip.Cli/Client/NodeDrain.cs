using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Gossip.Cli.Client;

/// <summary>How far one pod of a node that is drained has come.</summary>
/// <param name="State">evicting, waiting (its budget forbids it for now), leaving, gone or failed.</param>
/// <param name="Why">What it waits for, or why it failed.</param>
sealed record DrainedPod(string Namespace, string Name, string State, string Why);

/// <summary>
/// Empties a node by the API that kubectl drain uses: cordons it, evicts everything that is on it, again and again what a budget
/// forbids for now, and is done when nothing is left there, not even what still ends.
/// </summary>
sealed class NodeDrain(NodeClient client, string node)
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>By uid.</summary>
    readonly Dictionary<string, (Task<(HttpStatusCode Code, string Message)?> Asked, TimeSpan Again)> evictions =
        new(StringComparer.Ordinal);
    readonly Stopwatch clock = Stopwatch.StartNew();
    readonly Dictionary<string, DrainedPod> pods = new(StringComparer.Ordinal); // by uid

    /// <summary>Everything that was on the node since the drain began, in order of namespace and name.</summary>
    public IReadOnlyList<DrainedPod> Pods =>
        [.. pods.Values.OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal)];

    public static Task CordonAsync(NodeClient client, string node, bool on, CancellationToken cancel) => client.PatchAsync(
        $"api/v1/nodes/{Uri.EscapeDataString(node)}",
        new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = on ? true : null } }, cancel);

    /// <param name="changed">Called whenever a pod has come further.</param>
    /// <exception cref="CliFailure">The node is unknown, or a pod cannot be evicted at all.</exception>
    public async Task RunAsync(Action<DrainedPod> changed, CancellationToken cancel)
    {
        await CordonAsync(client, node, on: true, cancel);
        while (true)
        {
            var there = await client.GetAsync($"gossip/v1/nodes/{Uri.EscapeDataString(node)}/pods", cancel);
            if (there.Text("state") is "Dead" or "Left") return; // its pods move without anybody's help
            var left = there.Items("pods").DistinctBy(pod => pod.Text("uid"))
                .ToDictionary(pod => pod.Text("uid"), pod => pod!, StringComparer.Ordinal);
            foreach (var (uid, pod) in pods.ToArray())
                if (!left.ContainsKey(uid) && pod.State != "gone") Note(uid, pod with { State = "gone", Why = "" }, changed);
            foreach (var (uid, pod) in left) Pursue(uid, pod, changed, cancel);
            if (left.Count == 0) return;
            if (left.Keys.All(uid => pods[uid].State == "failed"))
                throw new CliFailure($"{left.Count} pods are left on {node} that cannot be evicted: {pods[left.Keys.First()].Why}");
            await Task.Delay(Look, cancel);
        }
    }

    void Pursue(string uid, JsonNode pod, Action<DrainedPod> changed, CancellationToken cancel)
    {
        var (ns, name) = (pod.Text("namespace"), pod.Text("name"));
        if (pod.Flag("leaves"))
        {
            Note(uid, new DrainedPod(ns, name, "leaving", ""), changed);
            return;
        }
        if (evictions.TryGetValue(uid, out var eviction))
        {
            if (!eviction.Asked.IsCompleted) return;
            if (eviction.Asked.GetAwaiter().GetResult() is { } refused) // what it threw is thrown here
            {
                var isFinal = refused.Code is not
                    (HttpStatusCode.TooManyRequests or HttpStatusCode.NotFound
                     or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable);
                Note(uid, new DrainedPod(ns, name, isFinal ? "failed" : "waiting", refused.Message), changed);
                if (isFinal) return;
            }
            if (clock.Elapsed < eviction.Again) return;
        }
        else Note(uid, new DrainedPod(ns, name, "evicting", ""), changed);
        evictions[uid] = (EvictAsync(ns, name, uid, cancel), clock.Elapsed + TryAgain);
    }

    Task<(HttpStatusCode Code, string Message)?> EvictAsync(string ns, string name, string uid, CancellationToken cancel) =>
    client.TryPostAsync(
        $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/pods/{Uri.EscapeDataString(name)}/eviction",
        new JsonObject
        {
            ["apiVersion"] = "policy/v1",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["deleteOptions"] = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } },
        }, cancel);

    void Note(string uid, DrainedPod pod, Action<DrainedPod> changed)
    {
        if (pods.GetValueOrDefault(uid) == pod) return;
        pods[uid] = pod;
        changed(pod);
    }
}
