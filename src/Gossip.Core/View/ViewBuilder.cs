using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.View;

/// <summary>Builds the view that readers get, when somebody looks and something changed since.</summary>
/// <param name="notesEvents">False where nobody reads them: in large simulations.</param>
sealed class ViewBuilder(SlotTable slots, BudgetBook budgets, IMemberList members, bool notesEvents = true)
    : INodePart, IMemberObserver, IRowObserver
{
    readonly EventLog events = new();
    readonly Dictionary<PodId, PodView> shown = []; // in the view before; looked up only
    ClusterView? built;
    Instant? turnsAt;

    /// <summary>Notes events (Scheduled, Started, NodeNotReady …). Called after the slot table took the change.</summary>
    public void OnRow(in RowChange change, Turn turn)
    {
        if (notesEvents) EventRules.Note(change, slots, NameOf, events, turn.Wall);
    }

    public void OnMember(in MemberChange change, Turn turn)
    {
        if (notesEvents) EventRules.Note(change, events, turn.Wall);
    }

    public ClusterView Build(Now now)
    {
        if (built is not null && built.Version == slots.Version && !(now.Monotonic >= turnsAt)) return built;
        slots.Nodes.ForgetTurn();
        var pods = Pods(now.Monotonic); // a grace may have passed: that moves the version
        turnsAt = slots.Nodes.TurnsAt;
        if (built is not null && built.Version == slots.Version) return built;
        shown.Clear();
        foreach (var pod in pods) shown.Add(pod.Id, pod);
        return built = new ClusterView(
            slots.Version, now.Wall, members.Self, Nodes(), [.. slots.Objects.ByName.Select(View).OrderBy(view => view.Name.Namespace, StringComparer.Ordinal).ThenBy(view => view.Name)],
            pods, Endpoints(pods), events.ToArray())
        {
            Budgets = [.. budgets.All.Select(budget => new BudgetView(budget.Uid, budget.Status, budget.Says.Problem))],
        };
    }

    /// <summary>An object as readers see it: without the cells that are Gossip's own.</summary>
    public static ObjectView View(CatalogObject held)
    {
        var fields = ImmutableArray.CreateBuilder<ObjectField>(held.Row.Count);
        var generation = 0UL;
        foreach (var cell in held.Row)
        {
            if (cell.Field.StartsWith("spec.", StringComparison.Ordinal)) generation += cell.Generation;
            if (!cell.IsNull && !ObjectRules.IsReserved(cell.Field)) fields.Add(new ObjectField(cell.Field, cell.Value));
        }
        return new ObjectView(
            held.Uid, held.Name, held.Birth.ApiVersion, held.CreatedAt, generation, held.Version, held.IsDeleting, held.NameConflict, fields.DrainToImmutable());
    }

    string NameOf(NodeId node) => members.Find(node)?.Name ?? node.ToString();

    ImmutableArray<NodeView> Nodes()
    {
        var nodes = new List<NodeView>();
        foreach (var member in members.All)
        {
            var settings = slots.SettingsOf(member.Id);
            var operators = slots.Objects.Find(new ObjectName(NodeKind.Kind, "", member.Name));
            nodes.Add(new NodeView(
                member, settings.Labels, settings.Taints, settings.Unschedulable, operators is null ? null : View(operators), slots.VersionOf(member.Id)));
        }
        return [.. nodes.OrderBy(node => node.Member.Name, StringComparer.Ordinal)];
    }

    ImmutableArray<PodView> Pods(Instant now)
    {
        var pods = new List<PodView>(slots.Slots.Count);
        foreach (var slot in slots.Slots)
        {
            // Of two pods of one name the wanted one is shown; what only dead nodes ran is not shown at all.
            if (!slot.IsDesired && (slots.Find(slot.Workload.Namespace, slot.Name) != slot || !slot.Admissions.Any(IsOnLiveNode))) continue;
            var view = View(slot, now);
            if (shown.TryGetValue(slot.Id, out var before) && before.Version == view.Version && !IsSame(before, view))
            {
                slots.Turned(slot);
                view = view with { Version = slot.Version };
            }
            pods.Add(view);
        }
        return [.. pods.OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal).ThenBy(pod => pod.Id)];
    }

    /// <summary>
    /// Of one version of a slot: whether its owner, its gang and what it waits for are what they were. Only these can turn without it.
    /// </summary>
    static bool IsSame(PodView before, PodView now) =>
        before.Standing?.Uid == now.Standing?.Uid && before.Priority == now.Priority && before.Deleting == now.Deleting
        && string.Equals(before.NodeName, now.NodeName, StringComparison.Ordinal)
        && string.Equals(before.Gang, now.Gang, StringComparison.Ordinal)
        && string.Equals(before.PendingBecause, now.PendingBecause, StringComparison.Ordinal);

    bool IsOnLiveNode(Admission admission) => members.Find(admission.Node) is { IsLive: true };

    PodView View(Slot slot, Instant now)
    {
        var standing = slots.Standing(slot, now) ?? (slot.IsDesired ? null : slot.Admissions.FirstOrDefault(IsOnLiveNode));
        var epoch = standing?.Run.Epoch ?? slot.NextEpoch;
        var workload = slots.Objects.Find(slot.Id.Workload);
        var created = standing?.AdmittedAt ?? workload?.Row[Fields.Replicas]?.Stamp ?? workload?.CreatedAt ?? Stamp.Zero;
        var gang = slot.Gang is null ? default(GangState?) : GangState.Of(slot.Gang, slots, members, now);
        var phase = standing?.Status.Phase ?? (slot.Succeeded ? PodPhase.Succeeded : PodPhase.Pending);
        return new PodView(
            slot.Id, slot.Name, slot.Workload.Namespace, new PodRun(slot.Id, epoch).Uid, slot.Workload, slot.Id.Workload, slot.Template,
            new WallTime(created.UnixMilliseconds), slot.Version, !slot.IsDesired, standing, standing is null ? "" : NameOf(standing.Node),
            phase, standing is null && !slot.Succeeded ? Pending(slot, gang) : "", slot.Summary, slot.Admissions)
        {
            Gang = gang?.ToString() ?? "",
            Priority = standing?.Priority ?? slots.PriorityOf(slot),
        };
    }

    string Pending(Slot slot, GangState? gang) =>
        slots.LacksClass(slot) ? PendingReason.LacksClass(slot.Template)
        : slot.LacksVoters ? PendingReason.LacksVoters
        : !slot.IsGated && gang is { } state && PendingReason.Of(slot.Gang!, state) is { } together ? together : PendingReason.Of(slot, NameOf);

    ImmutableArray<EndpointsView> Endpoints(ImmutableArray<PodView> pods)
    {
        var views = ImmutableArray.CreateBuilder<EndpointsView>();
        foreach (var service in slots.Objects.ByName)
        {
            if (ObjectKinds.RoleOf(service.Name) != KindRole.Service || service.NameConflict) continue;
            if (service.Json(Fields.Selector) is not { IsEmpty: false } json || Selector.TryRead(json, out _) is not { IsEmpty: false } selector) continue;
            var ready = ImmutableArray.CreateBuilder<EndpointView>();
            var notReady = ImmutableArray.CreateBuilder<EndpointView>();
            foreach (var pod in pods)
            {
                if (pod.Deleting || pod.Ip.Length == 0 || pod.Phase is not (PodPhase.Running or PodPhase.Pending)) continue;
                if (!string.Equals(pod.Namespace, service.Name.Namespace, StringComparison.Ordinal) || !selector.Matches(pod.Template.Labels)) continue;
                if (IsOnLiveNode(pod.Standing!)) (pod.Ready ? ready : notReady).Add(new EndpointView(pod.Ip, pod.Name, pod.NodeName, pod.Uid));
            }
            views.Add(Versioned(service, ready.DrainToImmutable(), notReady.DrainToImmutable()));
        }
        return [.. views.OrderBy(view => view.Service.Namespace, StringComparer.Ordinal).ThenBy(view => view.Service.Name, StringComparer.Ordinal)];
    }

    /// <summary>Endpoints that are the same as in the view before keep its version.</summary>
    EndpointsView Versioned(CatalogObject service, ImmutableArray<EndpointView> ready, ImmutableArray<EndpointView> notReady)
    {
        foreach (var before in built?.Endpoints ?? [])
            if (before.Service == service.Name && before.Version >= service.Version && before.Ready.SequenceEqual(ready) && before.NotReady.SequenceEqual(notReady))
                return before;
        return new EndpointsView(service.Name, slots.Version, ready, notReady);
    }
}
