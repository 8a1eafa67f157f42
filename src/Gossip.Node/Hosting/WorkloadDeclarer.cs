using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Node.Loop;

namespace Gossip.Node;

/// <summary>
/// Makes the Deployments of a host app's workloads, where there are none. Of the nodes that register a name only the
/// one of least id creates, once it has synced, so that a cluster that starts at once makes one and not one a node. Should two be made
/// all the same (in two partitions), the latest birth counts as for any object. A Deployment that was once seen is the
/// operator's: deleting it is not undone until the host app starts again.
/// </summary>
sealed class WorkloadDeclarer(NodeLoop loop, GossipOptions options, NodeId self)
{
    /// <summary>How long a node that was given seeds looks for them before it takes itself for the first.</summary>
    static readonly TimeSpan Alone = TimeSpan.FromSeconds(5);

    readonly HashSet<string> missing = [.. options.Workloads.Keys];

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            var aloneUntil = Clocks.Read().Monotonic + Alone;
            for (var version = 0UL; missing.Count > 0;)
            {
                var view = await NextAsync(version, cancel).ConfigureAwait(false);
                version = view.Version;
                missing.RemoveWhere(name => view.Objects.Any(held => held.Name == NameOf(name)));
                var others = view.Nodes.Count(node => node.Member.IsLive) > 1;
                if (!loop.IsSynced || (!others && options.Seeds.Count > 0 && Clocks.Read().Monotonic < aloneUntil)) continue;
                foreach (var name in missing.ToArray())
                    if (FirstOf(view, name) == self)
                        await CreateAsync(options.Workloads[name], cancel).ConfigureAwait(false);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ChannelClosedException)
        {
        }
    }

    /// <summary>A newer view, or after a second the same: being synced, or alone, shows in none.</summary>
    async Task<ClusterView> NextAsync(ulong version, CancellationToken cancel)
    {
        using var second = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        second.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            return await loop.ChangesSinceAsync(version, second.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return await loop.AskAsync(Look.Around, cancel).ConfigureAwait(false) is Seen seen ? seen.View : throw new ChannelClosedException();
        }
    }

    static NodeId FirstOf(ClusterView view, string workload)
    {
        var first = new NodeId(ulong.MaxValue);
        foreach (var node in view.Nodes)
            if (node.Member.IsLive && node.Member.Card.Runtimes.Contains($"{RuntimeNames.InProcess}/{workload}") && node.Member.Id.CompareTo(first) < 0)
                first = node.Member.Id;
        return first;
    }

    static ObjectName NameOf(string workload) => new("Deployment", "default", workload);

    async Task CreateAsync(InProcessWorkload workload, CancellationToken cancel)
    {
        var name = JsonEncodedText.Encode(workload.Name);
        var labels = $$"""{"app":"{{name}}"}""";
        await loop.AskAsync(new CreateObject(NameOf(workload.Name), "apps/v1",
        [
            Field(Core.Replication.Fields.Labels, labels),
            Field(Core.Replication.Fields.Replicas, workload.Copies.ToString(CultureInfo.InvariantCulture)),
            Field(Core.Replication.Fields.Selector, $$$"""{"matchLabels":{{{labels}}}}"""),
            Field(Core.Replication.Fields.Template, $$$"""
                {"metadata":{"labels":{{{labels}}}},"spec":{"runtimeClassName":"{{{RuntimeNames.InProcess}}}","containers":[{"name":"{{{name}}}","image":"{{{name}}}"}]}}
                """),
        ]), cancel).ConfigureAwait(false);
    }

    static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));
}
