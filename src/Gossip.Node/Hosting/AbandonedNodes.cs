using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Node.Store;

namespace Gossip.Node;

/// <summary>
/// Ends what nodes left behind that were killed and had a temporary data folder: nobody will ever start on that folder again, and
/// their pods would run for ever. Each runtime adopts the pods there as the dead node's next life would have done, and stops them.
/// </summary>
/// <param name="runtimes">Makes this node's runtimes for another node's folder.</param>
/// <param name="note">Takes what a person watching the node would want to read.</param>
sealed class AbandonedNodes(Func<string, NodeId, IReadOnlyList<IPodRuntime>> runtimes, Action<NodeNote> note)
{
    /// <summary>For all of them together. What is not done by then, as when an engine is silent, is left for the next start.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Down to the record of a pod: <c>pods/RUN/pod.json</c>.</summary>
    static readonly EnumerationOptions DownToPods = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 2,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    public async Task EndAsync(string parent, CancellationToken cancel)
    {
        IReadOnlyList<TemporaryFolder> abandoned;
        try
        {
            abandoned = TemporaryFolder.TakeAbandoned(parent);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or StoreFault)
        {
            note(new NodeNote(NoteLevel.Warning, "AbandonedNodesUnknown", parent, unreadable.Message));
            return;
        }
        if (abandoned.Count == 0) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        await Task.WhenAll(abandoned.Select(folder => EndAsync(folder, patience.Token))).ConfigureAwait(false);
    }

    async Task EndAsync(TemporaryFolder folder, CancellationToken cancel)
    {
        var (name, ended, problem) = (folder.Node, 0, "");
        try
        {
            foreach (var runtime in runtimes(folder.Path, NodeId.Of(name)))
                await using (runtime.ConfigureAwait(false))
                    ended += await EndAsync(runtime, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) // a runtime may be the host app's own, and this is no reason not to start
        {
            problem = fault is OperationCanceledException ? "it took too long" : fault.Message;
        }
        if (problem.Length == 0 && Directory.EnumerateFiles(folder.Path, "pod.json", DownToPods).FirstOrDefault() is { } left)
            problem = $"this node cannot end the pod in {Path.GetDirectoryName(left)}";
        if (problem.Length > 0) folder.Dispose();
        else if (!folder.Remove()) problem = "something in it cannot be removed";
        note(problem.Length == 0
            ? new NodeNote(
                NoteLevel.Information, "AbandonedNodeEnded", name, $"it was killed; ended its {ended} pods and removed {folder.Path}")
            : new NodeNote(NoteLevel.Warning, "AbandonedNodeRemains", name, $"it was killed, and {folder.Path} is still there: {problem}"));
    }

    static async Task<int> EndAsync(IPodRuntime runtime, CancellationToken cancel)
    {
        var pods = await runtime.AdoptAsync(Unread.Instance, cancel).ConfigureAwait(false);
        var stops = pods.Select(pod => runtime.StopAsync(pod.Launch.Pod, TimeSpan.Zero, cancel));
        await Task.WhenAll(stops).WaitAsync(cancel).ConfigureAwait(false);
        return pods.Length;
    }

    /// <summary>Nobody waits for reports of pods that end.</summary>
    sealed class Unread : IPodReports
    {
        public static readonly Unread Instance = new();

        public void Report(PodReport report)
        {
        }
    }
}
