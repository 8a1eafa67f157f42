using System.Collections.Immutable;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Node.Streams;
using MessagePack;

namespace Gossip.Node;

/// <summary>
/// Looks into pods wherever they run: here, or through the cluster's sealed streams on the node that runs them. Thread-safe.
/// What cannot be had is a <see cref="PodAccessException"/> whose message says what to do; what the caller's own streams
/// throw is thrown as it is.
/// </summary>
public sealed class PodAccess
{
    /// <summary>Like kubectl: which container is meant when there are several.</summary>
    const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    readonly NodeId self;
    readonly Func<CancellationToken, Task<ClusterView>> look;
    readonly PodRequestHandler handler;
    readonly PodCalls calls;

    internal PodAccess(NodeId self, Func<CancellationToken, Task<ClusterView>> look, PodRequestHandler handler, PodCalls calls)
    {
        this.self = self;
        this.look = look;
        this.handler = handler;
        this.calls = calls;
    }

    /// <summary>Writes a container's output as it was. Followed, it ends with the container.</summary>
    /// <param name="container">Null for the only one.</param>
    public Task ReadLogsAsync(
        string ns, string pod, string? container, LogQuery query, Stream output, CancellationToken cancel = default) =>
        AskAsync(ns, pod, container, (at, name) => new LogsQuestion(at, name, query), Only(output), cancel);

    /// <summary>Runs a command in a running container.</summary>
    /// <returns>Its exit code.</returns>
    /// <param name="cancel">Ends the command.</param>
    public Task<int> ExecAsync(
        string ns, string pod, string? container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel = default) =>
        command.IsDefaultOrEmpty ? throw new PodAccessException("name a command to run")
            : AskAsync(ns, pod, container, (at, name) =>
                new ExecQuestion(at, name, command, console.Input is not null, console.IsTerminal), console, cancel);

    /// <summary>Joins a console to what a container itself reads and says, until it ends or <paramref name="cancel"/> says so.</summary>
    public Task AttachAsync(string ns, string pod, string? container, PodConsole console, CancellationToken cancel = default) =>
        AskAsync(
            ns, pod, container, (at, name) => new AttachQuestion(at, name, console.Input is not null, console.IsTerminal), console, cancel);

    /// <summary>Writes a file or folder of a container as a tar archive whose names begin with the last part of the path.</summary>
    public Task CopyOutAsync(string ns, string pod, string? container, string path, Stream tar, CancellationToken cancel = default) =>
        AskAsync(ns, pod, container, (at, name) => new CopyQuestion(at, name, path), Only(tar), cancel);

    /// <summary>What each running container of a pod uses, since its start.</summary>
    public async Task<ImmutableArray<ContainerUsage>> UsageAsync(string ns, string pod, CancellationToken cancel = default)
    {
        var view = await look(cancel).ConfigureAwait(false);
        var found = Find(view, ns, pod);
        return (await UsageAtAsync(found.Standing!.Node, [PlaceOf(found)], view, cancel).ConfigureAwait(false))[0];
    }

    /// <summary>Of many pods at once, one question a node; without those that do not run or whose node does not say.</summary>
    public async Task<ImmutableArray<(PodView Pod, ImmutableArray<ContainerUsage> Containers)>> UsageAsync(
        IEnumerable<PodView> pods, CancellationToken cancel = default)
    {
        var view = await look(cancel).ConfigureAwait(false);
        var running = pods.Where(pod => pod.Standing is not null && pod.Phase == PodPhase.Running);
        var asked = running.GroupBy(pod => pod.Standing!.Node).SelectMany(byNode => byNode.Chunk(UsageQuestion.MostPods)
            .Select(chunk => UsageOfAsync(byNode.Key, chunk, view, cancel)));
        return [.. (await Task.WhenAll(asked).ConfigureAwait(false)).SelectMany(pairs => pairs).Where(pair => pair.Containers.Length > 0)
            .OrderBy(pair => pair.Pod.Namespace, StringComparer.Ordinal).ThenBy(pair => pair.Pod.Name, StringComparer.Ordinal)];
    }

    /// <summary>Checks a question that is not asked yet, so that a refusal need not wait for streams to be set up.</summary>
    public async Task CheckAsync(string ns, string pod, string? container, CancellationToken cancel = default)
    {
        var view = await look(cancel).ConfigureAwait(false);
        var found = Find(view, ns, pod);
        Container(found, container);
        if (found.Standing!.Node != self) Address(view, found.Standing.Node);
    }

    async Task<int> AskAsync(
        string ns, string pod, string? container, Func<PodPlace, string, PodQuestion> question, PodConsole console,
        CancellationToken cancel)
    {
        var view = await look(cancel).ConfigureAwait(false);
        var found = Find(view, ns, pod);
        var asked = question(PlaceOf(found), Container(found, container));
        if (found.Standing!.Node == self) return await handler.PerformAsync(asked, console, cancel).ConfigureAwait(false);
        return await calls.AskAsync(found.NodeName, Address(view, found.Standing.Node), asked, console, cancel).ConfigureAwait(false);
    }

    async Task<IEnumerable<(PodView Pod, ImmutableArray<ContainerUsage> Containers)>> UsageOfAsync(
        NodeId node, PodView[] pods, ClusterView view, CancellationToken cancel)
    {
        try
        {
            return pods.Zip(await UsageAtAsync(node, [.. pods.Select(PlaceOf)], view, cancel).ConfigureAwait(false));
        }
        catch (PodAccessException)
        {
            return []; // its node is away: the table does without
        }
    }

    async Task<ImmutableArray<ImmutableArray<ContainerUsage>>> UsageAtAsync(
        NodeId node, ImmutableArray<PodPlace> places, ClusterView view, CancellationToken cancel)
    {
        var question = new UsageQuestion(places);
        if (node == self) return await handler.UsageAsync(question, cancel).ConfigureAwait(false);
        using var answer = new BoundedStream(UsageAnswer.BytesMax);
        await calls.AskAsync(NameOf(view, node), Address(view, node), question, Only(answer), cancel).ConfigureAwait(false);
        try
        {
            var used = UsageAnswer.Read(answer.ToArray());
            return used.Length == places.Length ? used
                : throw new PodAccessException($"node {NameOf(view, node)} answered for {used.Length} pods of {places.Length}");
        }
        catch (MessagePackSerializationException bad)
        {
            throw new PodAccessException($"node {NameOf(view, node)} answered with what cannot be read: {bad.Message}");
        }
    }

    static NodeAddress Address(ClusterView view, NodeId id)
    {
        var node = view.Nodes.FirstOrDefault(node => node.Member.Id == id)
            ?? throw new PodAccessException($"the pod is on node {id}, which this node does not know");
        return node.Member.IsLive ? node.Member.Address
            : throw new PodAccessException(
                $"the pod is on node {node.Member.Name}, which is {node.Member.State}: wait for the pod's successor, or for the node");
    }

    static string NameOf(ClusterView view, NodeId id) =>
        view.Nodes.FirstOrDefault(node => node.Member.Id == id)?.Member.Name ?? id.ToString();

    /// <summary>A pod that some node admitted.</summary>
    static PodView Find(ClusterView view, string ns, string name)
    {
        var pod = view.Pods.FirstOrDefault(
            pod => string.Equals(pod.Namespace, ns, StringComparison.Ordinal) && string.Equals(pod.Name, name, StringComparison.Ordinal))
            ?? throw new PodAccessException($"there is no pod {name} in namespace {ns}");
        return pod.Standing is not null ? pod
            : throw new PodAccessException(
                $"pod {name} does not run yet: {(pod.PendingBecause.Length > 0 ? pod.PendingBecause : "it waits for a node")}");
    }

    static PodPlace PlaceOf(PodView pod) => new(pod.Standing!.Run, pod.Template.RuntimeClass);

    /// <summary>The one that was named, or the only one, or the one that the manifest calls its default.</summary>
    static string Container(PodView pod, string? named)
    {
        var all = pod.Template.AllContainers.Select(container => container.Name);
        if (!string.IsNullOrEmpty(named))
            return pod.Template.Find(named) is not null ? named
                : throw new PodAccessException($"pod {pod.Name} has no container {named}; it has: {string.Join(", ", all)}");
        if (pod.Template.Annotations[DefaultContainer] is { } preferred && pod.Template.Find(preferred) is not null) return preferred;
        return pod.Template.Containers is [var only] ? only.Name
            : throw new PodAccessException(
                $"pod {pod.Name} has {pod.Template.Containers.Length} containers: choose one with -c: {string.Join(", ", all)}");
    }

    static PodConsole Only(Stream output) => new(null, output, Stream.Null, null);
}
