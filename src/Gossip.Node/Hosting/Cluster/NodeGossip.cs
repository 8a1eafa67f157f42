using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Gossip.Core.Explain;
using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Replication;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Node.Workloads;

namespace Gossip.Node.Cluster;

/// <summary><see cref="IGossip"/> by this process's node.</summary>
sealed class NodeGossip(GossipNode node) : IGossip
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    public string Name => node.Name;

    public async Task JoinedAsync(CancellationToken cancel = default)
    {
        while (true)
        {
            await node.LookAsync(cancel).ConfigureAwait(false); // throws once the node has stopped
            if (node.IsSynced) return;
            await Task.Delay(LookAgain, cancel).ConfigureAwait(false); // to stand alone shows in no view
        }
    }

    public async Task<GossipState> LookAsync(CancellationToken cancel = default) =>
        StateOf(await node.LookAsync(cancel).ConfigureAwait(false), node.IsSynced);

    public async IAsyncEnumerable<GossipState> WatchAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        GossipState? before = null;
        for (var version = 0UL; !cancel.IsCancellationRequested;)
        {
            ClusterView view;
            try
            {
                view = await node.ChangesSinceAsync(version, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                yield break;
            }
            version = view.Version;
            var state = StateOf(view, node.IsSynced);
            if (state.Equals(before)) continue;
            yield return before = state;
        }
    }

    public async Task ScaleAsync(string workload, int copies, CancellationToken cancel = default)
    {
        if (copies is < 0 or > WorkloadSpec.ReplicasMax)
            throw new GossipRefusedException($"{copies} copies; 0 to {WorkloadSpec.ReplicasMax} are possible");
        while (true)
        {
            var view = await node.LookAsync(cancel).ConfigureAwait(false);
            var held = view.Objects.FirstOrDefault(one =>
                one.Name == Declaration.NameOf(workload) && one is { NameConflict: false, Deleting: false })
                ?? throw new GossipRefusedException($"there is no workload {workload}");
            var count = Encoding.UTF8.GetBytes(copies.ToString(CultureInfo.InvariantCulture));
            var reply = await node.AskAsync(new ReplaceObject(
                held.Name, held.Version,
                    [new ObjectField(Fields.Replicas, count), .. held.Fields.Where(field => field.Path != Fields.Replicas)]), cancel)
                        .ConfigureAwait(false);
            if (reply is ObjectStored) return;
            // else it changed meanwhile: once more
            if (reply is Refused { Because: not RefusedBecause.Conflict } refused) throw new GossipRefusedException(refused.Message);
        }
    }

    public async Task<string> WhyAsync(string podName, CancellationToken cancel = default)
    {
        var view = await node.LookAsync(cancel).ConfigureAwait(false);
        var pod = view.Pods.FirstOrDefault(pod => pod.Name == podName && pod.Namespace == Declaration.Namespace)
            ?? throw new GossipRefusedException($"there is no copy {podName}");
        return Why.Explain(pod, view).ToText();
    }

    static GossipState StateOf(ClusterView view, bool joined) => new(
        joined,
        [.. view.Nodes.Select(seen =>
            new ClusterMember(
                seen.Member.Name, seen.Member.Address.ToString(), (MemberHealth)seen.Member.State, seen.Member.Id == view.Self))
            .OrderBy(member => member.Name, StringComparer.Ordinal)],
        [.. view.Objects.Where(held =>
            held.Name is { Kind: Declaration.Kind, Namespace: Declaration.Namespace } && !held.NameConflict
                && Declaration.Read(held) is not null)
            .Select(held => WorkloadOf(held, view)).OrderBy(workload => workload.Name, StringComparer.Ordinal)]);

    static WorkloadState WorkloadOf(ObjectView held, ClusterView view) => new(
        held.Name.Name,
        WorkloadSpec.ReadReplicas(held[Fields.Replicas] ?? default),
        [.. view.Pods.Where(pod => pod.OwnerUid == held.Uid && (!pod.Deleting || pod.Standing is not null)).OrderBy(pod => pod.Id.Ordinal)
            .Select(CopyOf)]);

    static CopyState CopyOf(PodView pod) => new(
        pod.Id.Ordinal, pod.Name, pod.Standing is null ? null : pod.NodeName, pod.Ready, pod.Phase == PodPhase.Succeeded,
        pod.Standing is not { } standing ? pod.PendingBecause
        : pod.Ready || standing.Status.HasEnded ? ""
        : string.Join("; ",
        standing.Status.Containers.Where(container => container.Reason.Length > 0).Select(container =>
            $"{container.Reason}: {container.Message}".TrimEnd(':', ' '))));
}
