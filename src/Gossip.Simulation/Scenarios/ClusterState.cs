using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>What keeps a cluster from being as it should, and whose rule that is.</summary>
internal sealed record Shortcoming(string Rule, SimNode? Node, string What);

/// <summary>
/// Looks at a healed cluster from outside: does everybody know everybody, hold the same rows, and does every pod
/// that fits run exactly once? Answers with the first thing that is not so.
/// </summary>
internal static class ClusterState
{
    static readonly RowKind[] Kinds = [RowKind.Object, RowKind.Slot, RowKind.Admission, RowKind.Summary];

    public static Shortcoming? WhyNot(World world, Users users) =>
        Members(world) ?? Rows(world) ?? Promises(world, users) ?? Pods(world) ?? Neighbours.ApartWhyNot(world) ?? Leftovers(world) ?? Books(world);

    /// <summary>M1: every live node is alive to every live node, in its present life, and nobody else is.</summary>
    public static Shortcoming? Members(World world)
    {
        var up = 0;
        foreach (var node in world.Nodes) up += node.IsUp ? 1 : 0;
        foreach (var node in world.Nodes)
        {
            if (!node.IsUp) continue;
            var members = node.Machine!.Members;
            foreach (var member in members.Live)
                if (world.NodeOf(member.Id) is not { IsUp: true } || member.State != MemberState.Alive)
                    return new Shortcoming("M1", node, $"believes that {member.Name} is {member.State}");
            if (members.Live.Length != up)
                return new Shortcoming("M1", node, $"knows {members.Live.Length} live members of {up}");
        }
        return null;
    }

    /// <summary>Convergence: the same rows with the same dots on every live node.</summary>
    public static Shortcoming? Rows(World world)
    {
        (SimNode Node, ulong Mark, int Count)? first = null;
        foreach (var node in world.Nodes)
        {
            if (!node.IsUp) continue;
            ulong mark = 0;
            var count = 0;
            foreach (var kind in Kinds)
                foreach (var row in node.Machine!.Tables.Rows(kind))
                {
                    mark ^= StableHash.Mix(row.Mark());
                    count++;
                }
            if (first is null) first = (node, mark, count);
            else if (first.Value.Mark != mark)
                return new Shortcoming("CONVERGENCE", node, $"{count} rows differ from {first.Value.Node.Config.Card.Name}'s {first.Value.Count}: {Difference(node, first.Value.Node)}");
        }
        return null;
    }

    static string Difference(SimNode node, SimNode other)
    {
        foreach (var (a, b) in new[] { (node, other), (other, node) })
            foreach (var kind in Kinds)
                foreach (var row in a.Machine!.Tables.Rows(kind))
                {
                    var there = b.Machine!.Tables.Find(row.Uid);
                    if (there is not null && there.Mark() == row.Mark()) continue;
                    return $"{kind} {row.Uid.Birth} on {a.Config.Card.Name} is {(there is null ? b.Machine.Tables.Covers(row.Uid) ? "gone" : "unseen" : "other")} on {b.Config.Card.Name}: {Cells(row, there)}";
                }
        return "only in order";
    }

    static string Cells(Row row, Row? there) => string.Join(", ", row.Cells
        .Where(cell => there?[cell.Field] is not { } other || other.Dot != cell.Dot)
        .Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Field} is {Say(cell)}, and there {(there?[cell.Field] is { } other ? Say(other) : "nothing")}")));

    static string Say(Cell cell) => string.Create(CultureInfo.InvariantCulture, $"{cell.Dot} generation {cell.Generation} at {cell.Stamp.UnixMilliseconds}")
        + (cell.Field == Fields.Round && RoundSummaryCodec.Read(cell.Value) is var round ? $" round {round.Head.Round}: {string.Join("|", round.Answers.Select(a => a.Why))}" : "");

    /// <summary>What a user was told is stored is there.</summary>
    static Shortcoming? Promises(World world, Users users)
    {
        if (Someone(world) is not { } node) return null;
        var names = new HashSet<ObjectName>();
        foreach (var thing in node.Machine!.View(node.Now).Objects) names.Add(thing.Name);
        foreach (var kept in users.Kept())
            if (!names.Contains(kept)) return new Shortcoming("DURABILITY", node, $"{kept} was promised and is gone");
        return null;
    }

    /// <summary>A3 and A4: every desired pod that fits an empty live node has one admission on a live node, and runs there.</summary>
    static Shortcoming? Pods(World world)
    {
        if (Someone(world) is not { } observer) return null;
        foreach (var slot in observer.Machine!.Slots.Slots)
        {
            Admission? held = null;
            var copies = 0;
            foreach (var admission in slot.Admissions)
            {
                if (world.NodeOf(admission.Node) is not { IsUp: true }) continue; // what the dead promised stays written down
                copies++;
                held = admission;
            }
            if (!slot.IsDesired && copies > 0) return new Shortcoming("A4", observer, $"{slot.Name} is not desired and still admitted: {Tell(world, slot)}");
            if (!slot.IsDesired || slot.Succeeded || slot.Admissions.Any(admission => admission.Status.HasEnded)) continue; // what ended stays written down
            if (!FitsSomewhere(world, slot))
            {
                if (copies > 0) return new Shortcoming("A1", observer, $"{slot.Name} fits nowhere and is admitted");
                continue;
            }
            if (slot.Gang is { } gang && !Herds.FitsTogether(world, gang))
            {
                if (copies > 0) return new Shortcoming("A11", observer, $"{slot.Name} is admitted, and its gang does not fit: {Tell(world, slot)}");
                continue;
            }
            if (held is null && IsCrowdedOut(world, slot)) continue;
            if (held is null) return new Shortcoming("A3", observer, $"{slot.Name} is nobody's although it fits");
            if (copies > 1) return new Shortcoming("A4", observer, $"{slot.Name} is admitted {copies} times: {Tell(world, slot)}");
            if (held.Status.Containers.Any(container => container.Reason == PodReasons.WaitingForDependencies) && WaitsInVain(world, observer.Machine.Slots, slot)) continue;
            if (!Runs(world, held)) return new Shortcoming("A3", observer, $"{slot.Name} is admitted and does not run: {Tell(world, slot)}");
            if (!held.Status.Ready) return new Shortcoming("A3", observer, $"{slot.Name} runs and is not ready: {held.Status.Reason} {Tell(world, slot)}");
        }
        return null;
    }

    /// <summary>One that must be apart from others, or is picky, has few nodes that it may go to. They may be full, by their exact books, of pods that could be elsewhere.</summary>
    static bool IsCrowdedOut(World world, Slot slot) =>
        (!slot.Template.PodAffinity.RequiredAnti.IsEmpty || slot.Template.NodeSelector.Count > 0) && !world.Nodes.Any(node => node.IsUp && Fits(node, slot)
            && (node.Machine!.Bidder.CouldTake(slot.Id) || slot.Template.PodAffinity.RequiredAnti.IsEmpty && (node.Machine.Members.OwnCapacity.Free - slot.Template.Requests).IsWhole));

    /// <summary>It depends on a pod that is crowded out, and waits in its place.</summary>
    static bool WaitsInVain(World world, SlotTable slots, Slot slot) => !slot.Template.DependsOn.IsEmpty
        && slots.Slots.Any(other => other.IsDesired && other.Admissions.IsEmpty && Core.Tables.Dependencies.Serves(other, slot, slots) && IsCrowdedOut(world, other));

    /// <summary>A3, of one deployment.</summary>
    public static Shortcoming? RunsWhyNot(World world, string deployment)
    {
        var found = false;
        if (Someone(world) is not { } observer) return null;
        foreach (var slot in observer.Machine!.Slots.Slots)
        {
            if (slot.Workload.Name != deployment || !slot.IsDesired) continue;
            found = true;
            if (!slot.Admissions.Any(admission => Runs(world, admission))) return new Shortcoming("A3", observer, $"{slot.Name} does not run: {Tell(world, slot)} {string.Join("|", slot.Summary?.Answers.Select(answer => answer.Why) ?? [])}");
        }
        return found ? null : new Shortcoming("A3", observer, $"nobody knows {deployment}");
    }

    static bool Runs(World world, Admission admission) =>
        world.NodeOf(admission.Node) is { } node && node.Runtime.Pods.TryGetValue(admission.Run, out var pod) && pod.Runs;

    /// <summary>A4, first half: those machines run, among themselves, every pod that fits one of them.</summary>
    public static Shortcoming? Within(World world, Range side)
    {
        var machines = world.Nodes[side];
        var observer = machines.FirstOrDefault(node => node.IsUp);
        if (observer is null) return null;
        foreach (var slot in observer.Machine!.Slots.Slots)
            if (slot.IsDesired && !slot.Succeeded && !slot.Admissions.Any(admission => admission.Status.HasEnded)
                && machines.Any(node => node.IsUp && Fits(node, slot))
                && !machines.Any(node => node.Runtime.Pods.Any(pod => pod.Key.Pod == slot.Id && pod.Value.Runs)))
                return new Shortcoming("A4", observer, $"{slot.Name} has no copy on this side");
        return null;
    }

    /// <summary>Nothing runs anywhere that nobody admitted.</summary>
    public static Shortcoming? Leftovers(World world)
    {
        if (Someone(world) is not { } observer) return null;
        foreach (var node in world.Nodes)
            foreach (var run in node.Runtime.Pods.Keys)
            {
                if (!node.IsUp) continue; // nobody can stop what runs on a machine whose process is gone
                var slot = observer.Machine!.Slots.Find(run.Pod);
                var admitted = false;
                if (slot is not null)
                    foreach (var admission in slot.Admissions)
                        admitted |= admission.Node == node.Id && admission.Run == run;
                if (!admitted) return new Shortcoming("LEAK", node, $"{slot?.Name ?? "a pod of nobody"} {run} runs and nobody admitted it: {(slot is null ? "" : Tell(world, slot))}");
            }
        return null;
    }

    /// <summary>A8: a node's books hold what its runtime holds, and nothing more.</summary>
    public static Shortcoming? Books(World world)
    {
        foreach (var node in world.Nodes)
        {
            if (!node.IsUp) continue;
            var free = node.Machine!.Members.OwnCapacity.Free;
            var truth = node.Config.Card.Allocatable - node.Runtime.Used;
            foreach (var claim in node.Machine.Room.Books.Firm)
                if (node.Runtime.Pods.GetValueOrDefault(claim.Run) is not { HasEnded: false } && node.Machine.Slots.Find(claim.Run.Pod) is { } slot && WaitsInVain(world, node.Machine.Slots, slot)) truth -= claim.Template.Requests;
            if (free.Cpu != truth.Cpu || free.Memory != truth.Memory || free.Pods != truth.Pods)
                return new Shortcoming("A8", node, $"announces ({free}) free and has ({truth})");
        }
        return null;
    }

    /// <summary>Every admission of a slot, with what its node really does.</summary>
    public static string Tell(World world, Slot slot) => string.Join("; ", slot.Admissions.Select(admission =>
    {
        var node = world.NodeOf(admission.Node);
        return $"{node?.Config.Card.Name} epoch {admission.Run.Epoch} rank {admission.Status.Rank} {admission.Status.Phase}{(admission.Status.Ready ? " ready" : "")}{(admission.Status.Draining ? " draining" : "")}{(Runs(world, admission) ? " runs" : " does not run")}: {string.Join(", ", admission.Status.Containers.Select(Tell))}";
    }));

    static string Tell(ContainerState container) => string.Create(CultureInfo.InvariantCulture,
        $"{container.Name}/{container.Restarts} {container.Stage}{(container.Reason.Length > 0 ? " " : "")}{container.Reason}{(container.Message.Length > 0 ? $" ({container.Message})" : "")}{(container.Started ? " started" : "")}{(container.Ready ? " ready" : "")}");

    public static SimNode? Someone(World world)
    {
        foreach (var node in world.Nodes)
            if (node.IsUp) return node;
        return null;
    }

    /// <summary>Independent of the core's filters, which it checks: selector and size are all that scenarios use.</summary>
    public static bool FitsSomewhere(World world, Slot slot)
    {
        foreach (var node in world.Nodes)
            if (node.IsUp && Fits(node, slot)) return true;
        return false;
    }

    public static bool Fits(SimNode node, Slot slot) =>
        node.Config.Card.Labels.Contains(slot.Template.NodeSelector)
        && (node.Config.Card.Allocatable - slot.Template.Requests).IsWhole;
}
