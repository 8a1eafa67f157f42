using System.Threading.Channels;
using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Node.Loop;
using Gossip.Node.Runtimes;

namespace Gossip.Node;

/// <summary>
/// How a node goes: first its host app's code ends, while the node is still a member, so that nobody starts a copy before the one here has
/// ended; then it leaves, if it does. Both together take as long as <see cref="GossipOptions.LeaveWithin"/> at most.
/// </summary>
/// <param name="inProcess">Null for a node without code of its host app.</param>
sealed class Goodbye(NodeLoop loop, GossipOptions options, InProcessRuntime? inProcess)
{
    /// <summary>For an auction of the places that are free now; beyond it somebody else calls it, later.</summary>
    static readonly TimeSpan TakenOverWithin = TimeSpan.FromSeconds(2);

    /// <summary>For what was given up to be told: code that ignores its token must not cost the goodbye as well.</summary>
    static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(2);

    readonly Instant end = Clocks.Read().Monotonic + options.LeaveWithin;

    TimeSpan Left => end - Clocks.Read().Monotonic is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Ends the host app's code, and waits until others have its places, where there are any who may.</summary>
    public async Task HandOverAsync(CancellationToken hurry)
    {
        if (inProcess is null) return;
        loop.Leave(NodeInput.StopRequested());
        HashSet<PodId> had = [];
        var reserve = TellWithin < options.LeaveWithin / 4 ? TellWithin : options.LeaveWithin / 4;
        var mayTake = Left - reserve;
        if (!await UntilAsync(view => HasEnded(view, had), mayTake > TimeSpan.Zero ? mayTake : TimeSpan.Zero, hurry).ConfigureAwait(false))
        {
            inProcess.EndGraces();
            await UntilAsync(view => HasEnded(view, had), TellWithin, CancellationToken.None).ConfigureAwait(false);
        }
        await UntilAsync(view => IsTakenOver(view, had), Left < TakenOverWithin ? Left : TakenOverWithin, hurry).ConfigureAwait(false);
    }

    /// <summary>Says goodbye and waits until nothing runs here any more.</summary>
    public async Task LeaveAsync(CancellationToken hurry)
    {
        loop.Leave(NodeInput.LeaveRequested());
        await UntilAsync(HasLeft, Left, hurry).ConfigureAwait(false);
        try
        {
            // A goodbye is a datagram: were it lost, the rumour behind it still gets through in a few rounds.
            await Task.Delay(4 * options.Timings.GossipInterval, hurry).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    async Task<bool> UntilAsync(Func<ClusterView, bool> isSo, TimeSpan within, CancellationToken hurry)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(hurry);
        patience.CancelAfter(within);
        try
        {
            for (ClusterView? view = null; view is null || !isSo(view);)
                view = await loop.ChangesSinceAsync(view?.Version ?? 0, patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception ended) when (ended is OperationCanceledException or ChannelClosedException)
        {
            return false; // it took too long, or the node has stopped by itself
        }
    }

    /// <param name="had">Learns which pods it was about.</param>
    static bool HasEnded(ClusterView view, HashSet<PodId> had)
    {
        var hasEnded = true;
        foreach (var pod in view.Pods)
        {
            if (pod.Template.RuntimeClass != RuntimeNames.InProcess
                || pod.Admissions.All(admission => admission.Node != view.Self || admission.Status.HasEnded))
                continue;
            had.Add(pod.Id);
            hasEnded = false;
        }
        return hasEnded;
    }

    static bool IsTakenOver(ClusterView view, HashSet<PodId> had) =>
        view.Pods.All(pod =>
            !had.Contains(pod.Id) || pod.Standing is not null || pod.Deleting || !view.Nodes.Any(node => MayTake(node, view.Self, pod)));

    static bool MayTake(NodeView node, NodeId self, PodView pod) =>
        node.Member.IsLive && node.Member.Id != self
        && pod.Template.Containers.All(container =>
        node.Member.Card.Runtimes.Contains($"{RuntimeNames.InProcess}/{container.Image}", StringComparer.Ordinal));

    static bool HasLeft(ClusterView view) =>
        view.Nodes.All(node => node.Member.Id != view.Self || node.Member.State == MemberState.Left)
        && view.Pods.All(pod => pod.Admissions.All(admission => admission.Node != view.Self));
}
