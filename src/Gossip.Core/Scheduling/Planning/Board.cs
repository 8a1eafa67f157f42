using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Scheduling.Topology;
using Gossip.Core.View;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling.Planning;

/// <summary>
/// The cluster as one node knows it, laid out to think with: every live node with what is free on it by hearsay, and
/// where every pod is. Made of a view, so that thinking costs the node's loop nothing and changes nothing.
/// </summary>
sealed class Board
{
    readonly Dictionary<PodId, Slot> slots = [];
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
            placed.SetNode(node.Member.Id, new PlacedNode(node.Member.Name, settings), []);
        }
        Nodes = [.. byId.Values];
        foreach (var pod in view.Pods) slots.TryAdd(pod.Id, SlotOf(pod));
        foreach (var slot in slots.Values)
        {
            if (slot.IsDesired) typical.Count(slot.Template, 1);
            placed.Attach(slot);
            foreach (var node in Holders(slot)) node.Hold(slot);
        }
    }

    /// <summary>Those that are live, in order of name.</summary>
    public BoardNode[] Nodes { get; }

    public IEnumerable<Slot> Slots => slots.Values;

    public Slot? Find(PodId pod) => slots.GetValueOrDefault(pod);

    public NodeFacts Facts(BoardNode node, Slot slot) => node.Facts(slot.Id.Workload) with { Around = placed.Around(slot), Typical = typical };

    /// <summary>A pod that is to be; nobody has it yet.</summary>
    public void Add(Slot slot)
    {
        slots.Add(slot.Id, slot);
        typical.Count(slot.Template, 1);
        placed.Attach(slot);
    }

    /// <summary>Takes a pod away, and gives back what it has.</summary>
    public void Remove(PodId pod)
    {
        if (!slots.Remove(pod, out var slot)) return;
        placed.Detach(slot);
        if (slot.IsDesired) typical.Count(slot.Template, -1);
        foreach (var node in Holders(slot)) node.GiveBack(slot);
    }

    /// <summary>Puts a pod on a node that has room for it.</summary>
    public void Put(Slot slot, BoardNode node)
    {
        placed.Expect(slot.Id, node.Member.Id);
        node.Take(slot);
    }

    IEnumerable<BoardNode> Holders(Slot slot)
    {
        foreach (var admission in slot.Admissions)
            if (admission.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed) && byId.GetValueOrDefault(admission.Node) is { } node) yield return node;
    }

    static Slot SlotOf(PodView pod)
    {
        var last = Epoch.None;
        foreach (var admission in pod.Admissions) last = Epoch.Max(last, admission.Run.Epoch);
        return new Slot
        {
            Id = pod.Id,
            Workload = pod.Owner,
            Name = pod.Name,
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
    Resources free = Hearsay.Free(member);

    public Member Member => member;

    /// <summary>Moves with whatever a filter or score reads of the node itself.</summary>
    public int Version { get; private set; } = 1;

    public NodeFacts Facts(Uid workload) =>
        Hearsay.Facts(member, settings, free) with { Taken = ports, OfWorkload = workloads.GetValueOrDefault(workload) };

    /// <summary>A pod that is here already: the node's own books count its resources.</summary>
    public void Hold(Slot slot)
    {
        workloads[slot.Id.Workload] = workloads.GetValueOrDefault(slot.Id.Workload) + 1;
        if (!slot.Template.HostPorts.IsDefaultOrEmpty) ports.UnionWith(slot.Template.HostPorts);
        Version++;
    }

    public void Take(Slot slot)
    {
        Hold(slot);
        var devices = slot.Template.Device is { } request && free.Devices.Choose(request) is { } grant ? free.Devices.Take(grant, request.Milli) : free.Devices;
        free = (free - slot.Template.Requests) with { Devices = devices };
    }

    /// <summary>All but shares of devices: by hearsay nobody knows which one a pod has.</summary>
    public void GiveBack(Slot slot)
    {
        if (--workloads[slot.Id.Workload] == 0) workloads.Remove(slot.Id.Workload);
        if (!slot.Template.HostPorts.IsDefaultOrEmpty) ports.ExceptWith(slot.Template.HostPorts);
        free = free.GivenBack(slot.Template.Requests);
        Version++;
    }
}
