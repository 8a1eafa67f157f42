using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Core.Explain;

/// <summary>
/// Where the pods of what is about to be written would go: on a board of the cluster they are put down one after another,
/// by priority and then in the order of the input, each where the auction's filters and scores would have it. What leaves
/// is taken off first. Rounds go on while they place anything, for some pods need others beside them. Pure.
/// </summary>
/// <remarks>
/// The auction asks a few nodes and this looks at all, and bids are scored by what a node knows of itself, so the real
/// places may differ. Whether there is one differs only as far as hearsay is wrong, or a host app has rules of its own.
/// </remarks>
static class Placing
{
    /// <summary>Pods that a plan places: those of one greatest workload. What is beyond is said to be.</summary>
    public const int PodsMost = WorkloadSpec.ReplicasMax;

    public static PlacementPlan Of(ClusterView view, IReadOnlyList<Intent> intents, CancellationToken cancel = default)
    {
        var board = new Board(view);
        var pods = view.Pods.ToLookup(pod => pod.OwnerUid);
        var priorities = new Priorities(view, intents);
        List<Batch> batches = [];
        List<Func<PlannedWorkload>> told = []; // in the order of the input, once all is placed
        var room = PodsMost;
        foreach (var intent in intents)
        {
            if (WorkloadChange.Of(intent, view, pods, board, out var problem) is not { } change)
            {
                if (problem.Length > 0) told.Add(() => new PlannedWorkload(intent.Name, 0, 0, 0, [], [], [], [new Misfit(intent.Name.Name, 1, problem, null)]));
                continue;
            }
            var batch = new Batch(change, priorities.Of(change.Template), Math.Min(room, change.Come.Count));
            room -= batch.Waiting.Count;
            batches.Add(batch);
            told.Add(() => batch.ToPlan(board));
        }
        foreach (var batch in batches)
            foreach (var (pod, _) in batch.Change.Leave) board.Remove(pod.Id);
        foreach (var batch in batches)
            foreach (var slot in batch.Waiting)
                if (board.Find(slot.Id) is null) board.Add(slot);
        var standing = view.Pods.Where(pod => pod.Template.Gang is not null && pod.Standing is not null && !pod.Deleting).Select(pod => pod.Id).Where(pod => board.Find(pod) is not null).ToHashSet();
        do Place(board, [.. batches.Where(batch => batch.WhyNot.Length == 0).OrderByDescending(batch => batch.Priority)], cancel);
        while (DropGangs(board, batches, standing));
        return new PlacementPlan(board.Nodes.Length, [.. told.Select(tell => tell())]);
    }

    /// <summary>Alike pods need no second look once one of them found no place, until something else moved.</summary>
    static void Place(Board board, Batch[] batches, CancellationToken cancel)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var batch in batches)
            {
                var sheet = new ScoreSheet(board);
                while (batch.Waiting.TryPeek(out var slot))
                {
                    cancel.ThrowIfCancellationRequested();
                    ImmutableArray<string> evicted = [];
                    var node = sheet.Best(slot, out var score);
                    if (node is null)
                    {
                        if (!batch.MayPreempt || sheet.Cheapest(slot, batch.Priority) is not { } cheapest) break;
                        (node, score) = (cheapest.Node, cheapest.Score);
                        evicted = [.. cheapest.Plan.Victims.Select(victim => board.Evict(victim, cheapest.Node)).Select(victim => $"{victim.Workload.Namespace}/{victim.Name}")];
                    }
                    batch.Placed.Add(new Placed(slot, node, score, board.Put(slot, node), evicted));
                    batch.Waiting.Dequeue();
                    moved = true;
                }
            }
        }
    }

    /// <summary>Gangs of which fewer than they need have a place get none; true when there was one, and others may have its room.</summary>
    static bool DropGangs(Board board, List<Batch> batches, HashSet<PodId> standing)
    {
        var any = false;
        foreach (var gang in batches.Where(batch => batch.WhyNot.Length == 0 && batch.Change.Template.Gang is not null).GroupBy(batch => (batch.Change.Name.Namespace, batch.Change.Template.Gang!.Name)))
        {
            var min = gang.Max(batch => batch.Change.Template.Gang!.Min);
            var have = standing.Count(pod => board.Find(pod) is { } slot && slot.Workload.Namespace == gang.Key.Namespace && slot.Template.Gang!.Name == gang.Key.Name) + gang.Sum(batch => batch.Placed.Count);
            if (have >= min) continue;
            any = true;
            foreach (var batch in gang) batch.GiveUp(board, string.Create(CultureInfo.InvariantCulture, $"gang {gang.Key.Name} starts with {min} pods or not at all, and {have} would have a place"));
        }
        return any;
    }

    /// <summary>A pod that was put on the board.</summary>
    sealed record Placed(Slot Slot, BoardNode Node, int Score, DeviceGrant? Devices, ImmutableArray<string> Evicts);

    /// <summary>The pods of one workload that want a place.</summary>
    sealed class Batch
    {
        readonly int beyond;

        public Batch(WorkloadChange change, PriorityClass? priority, int most)
        {
            Change = change;
            Priority = priority?.Value ?? 0;
            MayPreempt = change.Template.Gang is null && (change.Template.MayPreempt ?? priority is { MayPreempt: true });
            Waiting = new Queue<Slot>(change.Come.Take(most));
            beyond = change.Come.Count - Waiting.Count;
            WhyNot = change.Template.SchedulingGates.IsEmpty
                ? priority is null ? PendingReason.LacksClass(change.Template) : ""
                : PendingReason.Gated + string.Join(", ", change.Template.SchedulingGates);
        }

        public WorkloadChange Change { get; }
        public int Priority { get; }

        /// <summary>A gang may not: its bids are held, which one that evicts cannot be.</summary>
        public bool MayPreempt { get; }
        public Queue<Slot> Waiting { get; private set; }
        public List<Placed> Placed { get; } = [];

        /// <summary>What keeps them from any auction; empty when nothing does.</summary>
        public string WhyNot { get; private set; }

        public void GiveUp(Board board, string because)
        {
            WhyNot = because;
            foreach (var placed in Placed) board.Undo(placed.Slot, placed.Node, placed.Devices);
            Waiting = new Queue<Slot>([.. Placed.Select(placed => placed.Slot), .. Waiting]);
            Placed.Clear();
        }

        public PlannedWorkload ToPlan(Board board) => new(
            Change.Name, Change.Before, Change.After, Priority,
            [.. Change.Stay.Where(pod => !board.Evicted.Contains(pod.Id)).Select(pod => new PlannedPod(pod.Name, pod.NodeName, 0, []))],
            [.. Placed.OrderBy(placed => placed.Slot.Id.Ordinal).Select(placed => new PlannedPod(placed.Slot.Name, placed.Node.Member.Name, placed.Score, placed.Evicts))],
            [
                .. Change.Leave.Select(leaving => new LeavingPod(leaving.Pod.Name, leaving.Pod.NodeName, leaving.Because)),
                .. Change.Stay.Where(pod => board.Evicted.Contains(pod.Id)).Select(pod => new LeavingPod(pod.Name, pod.NodeName, "makes room for a greater priority")),
            ],
            [.. Misfits(board)]);

        IEnumerable<Misfit> Misfits(Board board)
        {
            if (Waiting.TryPeek(out var first))
            {
                var diagnosis = WhyNot.Length == 0 ? Diagnoses.Of(first, board) : null;
                yield return new Misfit(first.Name, Waiting.Count, diagnosis?.Words ?? WhyNot, diagnosis);
            }
            if (beyond > 0)
                yield return new Misfit(Change.Come[^beyond].Name, beyond, string.Create(CultureInfo.InvariantCulture, $"not looked at: a plan places {PodsMost} pods at most"), null);
        }
    }

    /// <summary>Of pods, by the classes that there are and those that are about to be.</summary>
    sealed class Priorities
    {
        readonly Dictionary<string, PriorityClass> classes = new(StringComparer.Ordinal);
        readonly PriorityClass fallback;

        public Priorities(ClusterView view, IEnumerable<Intent> intents)
        {
            foreach (var held in view.Objects)
                if (ObjectKinds.RoleOf(held.Name) == KindRole.Priority && !held.Deleting && !held.NameConflict)
                    Add(new Intent(held.Name, held.Fields));
            foreach (var intent in intents)
                if (ObjectKinds.RoleOf(intent.Name) == KindRole.Priority) Add(intent);
            fallback = classes.Values.Where(one => one.IsDefault).MinBy(one => one.Value) ?? PriorityClass.None;
        }

        void Add(Intent intent)
        {
            if (PriorityClass.TryRead(intent.Name.Name, path => ObjectRules.Json(intent.Fields, path), out _) is { } read) classes[read.Name] = read;
        }

        /// <summary>Null for a class that is not there.</summary>
        public PriorityClass? Of(PodTemplate pod) =>
            pod.PriorityClassName.Length == 0 ? fallback : PriorityClass.BuiltIn(pod.PriorityClassName) ?? classes.GetValueOrDefault(pod.PriorityClassName);
    }
}
