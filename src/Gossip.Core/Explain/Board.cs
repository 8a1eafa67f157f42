using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Core.Explain;

/// <summary>
/// The cluster as one node knows it, laid out to think with: every live node with what is free on it by hearsay, and
/// where every pod is. Made of a view, so that thinking costs the node's loop nothing and changes nothing.
/// </summary>
sealed class Board
{
    readonly SlotSet<PodId> slots = new(slot => slot.Id);
    readonly Dictionary<NodeId, BoardNode> byId = [];
    readonly PlacedPods placed;
    readonly TypicalPods typical = new();

    public Board(ClusterView view)
    {
        placed = new PlacedPods(NodeId.None, slots);
        foreach (var node in view.Nodes)
        {
            if (!node.Member.IsLive) continue;
            var settings = new NodeSettings(node.Labels, node.Taints, node.Unschedulable);
            byId.Add(node.Member.Id, new BoardNode(node.Member, settings));
            placed.OnNode(node.Member.Id, new PlacedNode(node.Member.Name, settings), []);
        }
        foreach (var held in view.Objects)
            if (ObjectKinds.RoleOf(held.Name) == KindRole.NamespaceLabels && !held.Deleting && !held.NameConflict)
                placed.SetNamespace(held.Name.Name, NodeBook.ReadLabels(held[Fields.Labels] ?? default));
        Nodes = [.. byId.Values];
        Budget[] budgets =
        [
            .. view.Objects.Where(held => ObjectKinds.RoleOf(held.Name) == KindRole.Budget && !held.Deleting && !held.NameConflict)
                .Select(held => new Budget(held.Uid, held.Name, DisruptionBudget.Read(path => held[path] ?? default))),
        ];
        HasBudgets = budgets.Length > 0;
        foreach (var pod in view.Pods)
        {
            var slot = SlotOf(pod);
            slots.Put(slot);
            if (HasBudgets) Count(slot, budgets, pod.Ready);
        }
        foreach (var slot in slots)
        {
            if (slot.IsDesired) typical.Count(slot.Template, 1);
            placed.OnSlot(null, slot);
            foreach (var admission in slot.Admissions)
                if (HolderOf(admission) is { } node) node.Hold(slot, admission);
        }
    }

    /// <summary>Those that are live, in order of name.</summary>
    public BoardNode[] Nodes { get; }

    public IEnumerable<Slot> Slots => slots;

    public bool HasBudgets { get; }

    /// <summary>Pods that had to make room so far.</summary>
    public HashSet<PodId> Evicted { get; } = [];

    public Slot? Find(PodId pod) => slots.Find(pod);

    public NodeFacts Facts(BoardNode node, Slot slot) => node.Facts(slot.Id.Workload) with { Around = placed.Around(slot), Typical = typical };

    /// <summary>A pod that is to be; nobody has it yet.</summary>
    public void Add(Slot slot)
    {
        slots.Put(slot);
        typical.Count(slot.Template, 1);
        placed.OnSlot(null, slot);
    }

    /// <summary>Takes a pod away, and gives back what it has.</summary>
    public void Remove(PodId pod)
    {
        if (slots.Find(pod) is not { } slot) return;
        slots.Remove(slot);
        placed.OnSlot(slot, null);
        BudgetBook.Detach(slot);
        if (slot.IsDesired) typical.Count(slot.Template, -1);
        foreach (var admission in slot.Admissions) HolderOf(admission)?.Release(slot, admission);
    }

    /// <summary>Puts a pod on a node that has room for it.</summary>
    public DeviceGrant? Put(Slot slot, BoardNode node)
    {
        placed.Expect(slot.Id, node.Member.Id);
        return node.Take(slot);
    }

    /// <summary>Takes back what was put.</summary>
    public void Undo(Slot slot, BoardNode node, DeviceGrant? devices)
    {
        placed.ExpectNoMore(slot.Id);
        node.GiveBack(slot, devices);
    }

    /// <summary>A pod of a node goes for one of greater priority. It is still wanted, and looks for another place itself.</summary>
    public Slot Evict(Tenant victim, BoardNode node)
    {
        var slot = slots.Find(victim.Run.Pod)!;
        foreach (var admission in slot.Admissions)
            if (admission.Run == victim.Run && admission.Node == node.Member.Id)
            {
                node.Release(slot, admission);
                slot.Admissions = slot.Admissions.Remove(admission);
                break;
            }
        placed.OnFacts(slot);
        if (slot.Budgets.IsHealthy)
        {
            foreach (var budget in slot.Budgets.By) budget.Healthy--;
            slot.Budgets = slot.Budgets with { IsHealthy = false };
        }
        Evicted.Add(slot.Id);
        return slot;
    }

    BoardNode? HolderOf(Admission admission) =>
        admission.Status.HasEnded ? null : byId.GetValueOrDefault(admission.Node);

    static void Count(Slot slot, Budget[] budgets, bool isReady)
    {
        ImmutableArray<Budget> by = [.. budgets.Where(budget => budget.Selects(slot.Workload.Namespace, slot.Template.Labels))];
        var isExpected = slot.IsDesired && !slot.Succeeded;
        slot.Budgets = new BudgetShare(slot.Template, by, isExpected, isExpected && isReady && !by.IsEmpty);
        foreach (var budget in by)
        {
            budget.Expected += slot.Budgets.IsExpected ? 1 : 0;
            budget.Healthy += slot.Budgets.IsHealthy ? 1 : 0;
        }
    }

    static Slot SlotOf(PodView pod)
    {
        var last = Epoch.None;
        foreach (var admission in pod.Admissions) last = Epoch.Max(last, admission.Run.Epoch);
        return new Slot
        {
            Id = pod.Id,
            Workload = pod.Owner,
            Template = pod.Template,
            IsDesired = !pod.Deleting,
            Admissions = pod.Admissions,
            Succeeded = pod.Phase == PodPhase.Succeeded,
            GreatestEpoch = last,
            // What does not stand is on its way out, whatever the reason was.
            LeastEpoch = pod.Standing?.Run.Epoch ?? last.Next,
        };
    }
}

/// <summary>A live node on a <see cref="Board"/>: as it is, and less what was put on it since.</summary>
sealed class BoardNode(Member member, NodeSettings settings)
{
    readonly HashSet<HostPort> ports = [];
    readonly Dictionary<Uid, int> workloads = [];
    readonly List<(Slot Slot, Admission Admission)> residents = [];

    /// <summary>Devices as the admissions have it, which say which device is whose; all else by hearsay.</summary>
    Resources free = Hearsay.Free(member) with { Devices = member.Card.Allocatable.Devices };

    public Member Member => member;

    /// <summary>Moves with whatever a filter or score reads of the node itself.</summary>
    public long Version { get; private set; } = 1;

    public NodeFacts Facts(Uid workload) =>
        Hearsay.Facts(member, settings, free) with { Taken = ports, OfWorkload = workloads.GetValueOrDefault(workload) };

    /// <summary>Those that are here already, as preemption sees them. What was put here since has the priority at least of whoever asks.</summary>
    public List<Tenant> Tenants()
    {
        var tenants = new List<Tenant>(residents.Count);
        foreach (var (slot, admission) in residents) tenants.Add(Tenant.Of(admission, slot, !slot.IsDesired || admission.Status.Draining || admission.Run.Epoch < slot.LeastEpoch));
        return tenants;
    }

    /// <summary>A pod that is here already: the node's own books count its resources.</summary>
    public void Hold(Slot slot, Admission admission)
    {
        residents.Add((slot, admission));
        Settle(slot);
        if (admission.Devices is { } grant && slot.Template.Device is { } request) free = free with { Devices = free.Devices.Take(grant, request.Milli) };
    }

    public void Release(Slot slot, Admission admission)
    {
        if (residents.Remove((slot, admission))) GiveBack(slot, admission.Devices);
    }

    /// <returns>The devices that it gets.</returns>
    public DeviceGrant? Take(Slot slot)
    {
        Settle(slot);
        var grant = slot.Template.Device is { } request ? free.Devices.Choose(request) : null;
        free = (free - slot.Template.Requests) with { Devices = grant is { } given ? free.Devices.Take(given, slot.Template.Device!.Milli) : free.Devices };
        return grant;
    }

    public void GiveBack(Slot slot, DeviceGrant? devices)
    {
        if (--workloads[slot.Id.Workload] == 0) workloads.Remove(slot.Id.Workload);
        if (!slot.Template.HostPorts.IsDefaultOrEmpty) ports.ExceptWith(slot.Template.HostPorts);
        free = free.GivenBack(slot.Template.Requests) with { Devices = devices is { } given && slot.Template.Device is { } request ? free.Devices.Give(given, request.Milli) : free.Devices };
        Version++;
    }

    void Settle(Slot slot)
    {
        workloads[slot.Id.Workload] = workloads.GetValueOrDefault(slot.Id.Workload) + 1;
        if (!slot.Template.HostPorts.IsDefaultOrEmpty) ports.UnionWith(slot.Template.HostPorts);
        Version++;
    }
}
