using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// V1: a view that a node hands out is what its tables say at that moment, and what differs from the view before has a later version: who
/// watches by versions misses nothing. Time alone may change a view, and no row says so.
/// </summary>
internal sealed class ViewChecker(World world) : Checker(world, "V1")
{
    readonly Dictionary<(int Node, int Life), (ulong Version, Dictionary<PodId, PodView> Pods)> before = [];
    int turn;

    public override void EverySecond() => Look(World.Nodes[turn++ % World.Nodes.Length]);

    public override void AtRest()
    {
        foreach (var node in World.Nodes) Look(node);
    }

    void Look(SimNode node)
    {
        if (!node.IsUp || node.IsPaused) return;
        var view = node.Machine!.View(node.Now);
        var fresh = new ViewBuilder(node.Machine.Slots, node.Machine.Budgets, node.Machine.Members, notesEvents: false).Build(node.Now);
        if (Difference(view, fresh) is { } stale) Violated(node, $"shows an old view: {stale}");
        if (before.GetValueOrDefault((node.Index, node.Life)) is { Pods: { } known } last)
        {
            foreach (var pod in view.Pods)
                if (known.TryGetValue(pod.Id, out var old) && old.Version == pod.Version && Difference(old, pod) is { } silent)
                    Violated(node, $"changed a pod and not its version: {silent}");
            if (last.Version > view.Version) Violated(node, $"went back from version {last.Version} to {view.Version}");
        }
        before[(node.Index, node.Life)] = (view.Version, view.Pods.ToDictionary(pod => pod.Id));
    }

    static string? Difference(ClusterView shown, ClusterView fresh)
    {
        if (shown.Pods.Length != fresh.Pods.Length) return Say($"{shown.Pods.Length} pods, and there are {fresh.Pods.Length}");
        for (var i = 0; i < fresh.Pods.Length; i++)
            if (Difference(shown.Pods[i], fresh.Pods[i]) is { } other) return other;
        if (!shown.Nodes.Select(node => node.Member).SequenceEqual(fresh.Nodes.Select(node => node.Member))) return "other nodes";
        if (!shown.Objects.Select(Head).SequenceEqual(fresh.Objects.Select(Head))) return "other objects";
        if (!shown.Budgets.SequenceEqual(fresh.Budgets)) return "other budgets";
        foreach (var (one, other) in shown.Endpoints.Zip(fresh.Endpoints))
            if (one.Service != other.Service || !one.Ready.SequenceEqual(other.Ready) || !one.NotReady.SequenceEqual(other.NotReady))
                return $"other endpoints of {one.Service.Name}";
        return null;
    }

    static string? Difference(PodView shown, PodView now)
    {
        var (before, after) = (Tell(shown), Tell(now));
        return before == after ? null : $"{before}, and it is {after}";
    }

    static (Uid, ulong, bool, bool) Head(ObjectView one) => (one.Uid, one.Version, one.Deleting, one.NameConflict);

    static string Tell(PodView pod) =>
        Say($"{pod.Name} {pod.Standing?.Uid.Birth} on \"{pod.NodeName}\" {pod.Phase} {pod.Ip} ready {pod.Ready} deleting {pod.Deleting} ")
        + Say($"priority {pod.Priority} \"{pod.PendingBecause}\" \"{pod.Gang}\"");

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
