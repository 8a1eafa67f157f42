using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>
/// Every derived pod, kept up to date row by row: the work a change makes does not grow with the tables. What it
/// holds is a pure function of the rows, whatever the order in which they came.
/// </summary>
sealed class SlotTable : INodePart, IMemberObserver, IRowObserver
{
    readonly ITables tables;
    readonly WorkloadReader workloads;
    readonly IMemberList members;
    readonly Catalog catalog = new();
    readonly NodeBook nodes;
    readonly PriorityBook priorities;
    readonly SlotSet<PodId> slots = new(slot => slot.Id);
    readonly FactsBook facts;
    readonly SlotSet<PodName> byName = new(PodName.Of);
    readonly AdmissionBook admissions;
    readonly Dictionary<NodeId, ulong> nodeVersions = [];
    readonly Dictionary<NodeId, ulong> tenantVersions = [];
    readonly SortedDictionary<PodId, Slot> watched = [];
    readonly Garbage garbage;
    ITableObserver[] observers = [];
    bool loading = true;

    /// <param name="shared">What other tables of the same rows have read; null for a table on its own.</param>
    /// <param name="workloads">Null where nobody submits objects.</param>
    public SlotTable(
        ITables tables, IMemberList members, NodeTimings timings, SharedRows? shared = null, WorkloadReader? workloads = null)
    {
        this.tables = tables;
        this.workloads = workloads ?? new WorkloadReader();
        this.members = members;
        admissions = new AdmissionBook(shared);
        nodes = new NodeBook(catalog, members, timings);
        priorities = new PriorityBook(catalog);
        facts = new FactsBook(slots);
        garbage = new Garbage(tables, catalog, facts);
    }

    /// <summary>
    /// Takes what the store gave back, once, before the first input and before any clock was read.
    /// </summary>
    /// <param name="told">Told of it, and of every change from now on, in this order.</param>
    /// <returns>Itself.</returns>
    public SlotTable Load(params ITableObserver[] told)
    {
        Check.That(loading);
        observers = told;
        Version = tables.Version;
        foreach (var member in members.All) Place(member.Id);
        foreach (var kind in (RowKind[])[RowKind.Object, RowKind.Slot, RowKind.Admission, RowKind.Summary])
            foreach (var row in tables.Rows(kind))
                Apply(new RowChange(row.Uid, kind, null, row), default);
        loading = false;
        return this;
    }

    /// <summary>Slots that changed since the machine last looked; it clears the list. May name a slot twice.</summary>
    public List<PodId> Dirty { get; } = [];

    /// <summary>ConfigMaps and Secrets that changed since the machine last looked; it clears the list.</summary>
    internal List<ObjectName> DirtyConfig { get; } = [];

    /// <summary>Grows with every change applied, of rows and members alike: what resource versions count.</summary>
    public ulong Version { get; private set; }

    /// <summary>What the last change of an admission's row was about, before and after: so that those who look on need not read the row again.</summary>
    internal (Admission? Before, Admission? After) LastAdmission { get; private set; }

    /// <summary>The desired objects behind the slots.</summary>
    public Catalog Objects => catalog;

    public Slot? Find(PodId pod) => slots.Find(pod);

    /// <summary>The pod that people mean by a name: a wanted one, where an unwanted one has the name as well.</summary>
    public Slot? Find(string @namespace, string podName) => byName.Find(PodName.Of(@namespace, podName));

    /// <summary>What people call a pod, also one whose slot is gone; null once its object is.</summary>
    public ObjectName? NameOf(PodId pod) => catalog.Find(pod.Workload) is { } workload
        ? new ObjectName(PodKind.Kind, workload.Name.Namespace, PodName.Of(workload.Name, pod).ToString())
        : null;

    /// <summary>All of them. The order is the same wherever the same changes came in the same order.</summary>
    public IReadOnlyCollection<Slot> Slots => slots;

    /// <summary>The same by id, for observers to read.</summary>
    internal SlotSet<PodId> ById => slots;

    /// <summary>Admissions of a node, whatever their pods: what the node itself answers for. In order of uid.</summary>
    public IEnumerable<Admission> AdmissionsOf(NodeId node) => admissions.Of(node);

    /// <inheritdoc cref="AdmissionBook.HasAnyBut"/>
    internal bool TellsOfOthers(NodeId node) => admissions.HasAnyBut(node);

    /// <summary>What each auctioneer of a pod last told of it.</summary>
    internal ReadOnlySpan<Row> RoundsOf(PodId pod) => facts.Find(pod) is { } known ? known.Rounds : [];

    /// <summary>The summary row of a pod under one auctioneer, for that auctioneer to edit; null when it has none.</summary>
    public Uid? SummaryRow(PodId pod, NodeId auctioneer) => facts.Find(pod)?.SummaryOf(auctioneer);

    /// <summary>
    /// Desired and unfinished slots that no live node holds: open, or standing on a node that is dead for less than
    /// the grace. Only these can change by the mere passing of time, so a tick looks at no others. In order of id.
    /// </summary>
    public IEnumerable<Slot> Watching => watched.Values;

    /// <summary>Rows that nobody needs any more, for any node to remove.</summary>
    public IEnumerable<Uid> Removable(Instant now) => garbage.IsEmpty ? [] : Unneeded(now); // a turn without garbage allocates nothing

    /// <summary>The operator's side of a node (labels, taints, cordon), laid over its card.</summary>
    public NodeSettings SettingsOf(NodeId node) => nodes.SettingsOf(node);

    /// <summary>The number of the last change of a node that a reader would see.</summary>
    public ulong VersionOf(NodeId node) => nodeVersions.GetValueOrDefault(node);

    /// <summary>By its class as the tables have it now, for its next admission; one that stands keeps the priority of its birth. 0 while <see cref="LacksClass"/>.</summary>
    public int PriorityOf(Slot slot) => priorities.Of(slot.Template)?.Value ?? 0;

    /// <summary>Whether it may have pods of lower priority evicted when it fits nowhere.</summary>
    public bool MayPreempt(Slot slot) => slot.Template.MayPreempt ?? priorities.Of(slot.Template) is { MayPreempt: true };

    /// <summary>It names a PriorityClass that is not there: nobody may run it before that is, for its priority would be a guess.</summary>
    public bool LacksClass(Slot slot) => priorities.Of(slot.Template) is null;

    /// <summary>The class that pods without one get by some object's word, other than the one named; null when there is none.</summary>
    internal PriorityClass? DefaultClassBesides(string name) => priorities.DefaultBesides(name);

    /// <summary>Of any admission there is; null when there is none. A pod below or at it has nobody to evict.</summary>
    internal int? LeastPriority => admissions.LeastPriority;

    /// <summary>Moves when an admission of the node comes or goes.</summary>
    internal ulong TenantsVersionOf(NodeId node) => tenantVersions.GetValueOrDefault(node);

    public void OnRow(in RowChange change, Turn turn) => Apply(change, turn.Now);

    public void OnMember(in MemberChange change, Turn turn) => Apply(change, turn.Now);

    public void Apply(in RowChange change, Now now)
    {
        Version++;
        switch (change.Kind)
        {
            case RowKind.Object:
                ApplyObject(change, now);
                break;
            case RowKind.Admission:
                ApplyAdmission(change, now);
                break;
            case RowKind.Slot:
                if (PodFacts.ReadPod((change.After ?? change.Before)!) is not { } pod) break;
                if (change.After is not null) facts.Of(pod).PutSlot(change.After);
                else facts.Of(pod).TakeSlot(change.Uid);
                Touch(pod, now);
                break;
            case RowKind.Summary:
                if (PodFacts.ReadPod((change.After ?? change.Before)!) is not { } summed) break;
                if (change.After is not null && PodFacts.ReadSummary(change.After) is not null) facts.Of(summed).PutSummary(change.After);
                else facts.Of(summed).TakeSummary(change.Uid);
                Touch(summed, now);
                break;
        }
    }

    public void Apply(in MemberChange change, Now now)
    {
        Version++;
        nodeVersions[change.Node] = Version;
        if (change.Before?.Card != change.After?.Card) nodes.Forget(change.Node);
        if (change.ChangesLiveness || change.Before?.Card != change.After?.Card) Place(change.Node);
        if (change.Before?.State == change.After?.State) return; // capacity moves all the time, and moves no pod
        foreach (var admission in AdmissionsOf(change.Node)) Touch(admission.Run.Pod, now);
    }

    /// <summary>By a peer's word that epoch is the pod's next: this node has not seen the admissions before it, which are gone.</summary>
    public void Apply(in EpochReport report, Now now)
    {
        if (Find(report.Pod) is not { } slot || !EpochReport.IsNews(slot, report.Next)) return;
        Version++;
        facts.Of(report.Pod).Saw(new Epoch(report.Next.Value - 1));
        Touch(report.Pod, now);
    }

    /// <summary>
    /// The admission that counts: the first in order that is not draining, of the least epoch or later, not failed,
    /// and whose node is live, or dead for less than the grace. One that has ended counts wherever its node is.
    /// </summary>
    public Admission? Standing(Slot slot, Instant now)
    {
        foreach (var admission in slot.Admissions)
            if (Counts(slot, admission) && (admission.Status.HasEnded || nodes.Answers(admission.Node, slot.Template.LossGrace, now))) return admission;
        return null;
    }

    /// <summary>Which nodes answer for their admissions, and until when.</summary>
    internal NodeBook Nodes => nodes;

    /// <summary>Readers see another slot, though nothing of its own changed: its owner's grace is over, its gang stands.</summary>
    internal void Turned(Slot slot) => slot.Version = ++Version;

    /// <summary>Desired, not succeeded, not gated, of a known priority, with voters if it needs them, and nobody's. Notes since when: the mere passing of time may have opened it.</summary>
    public bool IsOpen(Slot slot, Instant now)
    {
        var open = slot.IsDesired && !slot.Succeeded && !slot.IsGated && !LacksClass(slot) && !slot.LacksVoters && Standing(slot, now) is null;
        if (open == slot.OpenSince is not null) return open;
        slot.OpenSince = open ? now : null;
        slot.Version = ++Version;
        return open;
    }

    static bool Counts(Slot slot, Admission admission) =>
        !admission.Status.Draining && admission.Run.Epoch >= slot.LeastEpoch && !slot.FailedEpochs.Contains(admission.Run.Epoch);

    IEnumerable<Uid> Unneeded(Instant now) => garbage.Find(admission => nodes.Answers(admission.Node, TimeSpan.Zero, now));

    bool IsHeld(Slot slot)
    {
        foreach (var admission in slot.Admissions)
            if (Counts(slot, admission) && (admission.Status.HasEnded || members.Find(admission.Node) is { IsLive: true })) return true;
        return false;
    }

    void ApplyObject(in RowChange change, Now now)
    {
        if (catalog.Apply(change) is not { } changed) return;
        changed.Version = Version;
        var kind = ObjectKinds.Of(changed.Name);
        var derives = change.After is null || change.Before is null || changed.IsDeleting;
        foreach (var turned in catalog.Judge(changed.Name))
        {
            turned.Version = Version;
            if (turned == changed) derives = true;
            else Derive(turned, gone: false, now);
            if (turned != changed && kind is not WorkloadKind) Tell(kind.Role, turned, gone: false);
        }
        garbage.Note(changed, gone: change.After is null);
        if (kind is WorkloadKind workload) derives |= workloads.Read(workload, changed, change);
        else Hear(kind.Role, changed, gone: change.After is null, now);
        if (kind.Role == KindRole.Workload && derives) Derive(changed, change.After is null, now);
    }

    /// <summary>An object that is no workload came, changed or went.</summary>
    void Hear(KindRole role, CatalogObject changed, bool gone, Now now)
    {
        Tell(role, changed, gone);
        switch (role)
        {
            case KindRole.NodeSettings:
                var node = NodeId.Of(changed.Name.Name);
                nodes.Forget(node);
                Place(node);
                nodeVersions[node] = Version;
                Dirty.AddRange(watched.Keys); // an uncordoned node may be what they wait for
                break;
            case KindRole.Priority:
                priorities.Forget();
                foreach (var waiting in watched.Keys.ToArray()) Touch(waiting, now);
                break;
            case KindRole.NamespaceLabels:
                Dirty.AddRange(watched.Keys); // rules between pods may mean others now, and let them go elsewhere
                break;
            case KindRole.Voters:
                foreach (var waiting in watched.Keys.ToArray()) Touch(waiting, now);
                break;
            case KindRole.Configuration:
                DirtyConfig.Add(changed.Name);
                break;
        }
    }

    void Tell(KindRole role, CatalogObject changed, bool gone)
    {
        var change = new ObjectChange(role, changed, gone, catalog.Find(changed.Name));
        foreach (var observer in observers) observer.OnObject(change);
    }

    void Tell(Slot? before, Slot? after)
    {
        foreach (var observer in observers) observer.OnSlot(before, after);
    }

    /// <summary>Makes an object's slots what its spec says: only those that come or go are touched.</summary>
    void Derive(CatalogObject workload, bool gone, Now now)
    {
        var wanted = gone || workload.IsDeleting || workload.NameConflict ? null : workload.Spec;
        var template = wanted?.Template;
        var ordinals = template is null ? [] : wanted!.Ordinals;
        foreach (var slot in workload.Slots.ToArray())
        {
            var keep = template is not null && slot.Id.Template == template.Hash && ordinals.BinarySearch(slot.Id.Ordinal) >= 0;
            if (slot.IsDesired == keep) continue;
            slot.IsDesired = keep;
            foreach (var observer in observers) observer.OnWanted(slot);
            if (keep) byName.Put(slot);
            Touch(slot.Id, now);
        }
        foreach (var ordinal in ordinals)
        {
            var pod = new PodId(workload.Uid, ordinal, template!.Hash);
            if (ReferenceEquals(Find(pod)?.Template, template)) continue;
            Add(workload, new Slot { Id = pod, Workload = workload.Name, Template = template, IsDesired = true });
            Touch(pod, now);
        }
    }

    /// <summary>Tells a node's labels and taints to whoever counts by them; a node that is not live is in no domain.</summary>
    void Place(NodeId node)
    {
        var placed = members.Find(node) is { IsLive: true } member ? new PlacedNode(member.Name, SettingsOf(node)) : null;
        var admitted = AdmissionsOf(node).Select(admission => admission.Run.Pod);
        foreach (var observer in observers) observer.OnNode(node, placed, admitted);
    }

    void Add(CatalogObject workload, Slot slot)
    {
        var replaced = Find(slot.Id);
        if (replaced is not null)
        {
            slot.OpenSince = replaced.OpenSince;
            slot.Facts = replaced.Facts;
        }
        else facts.Join(slot);
        if (replaced is null && slot.Facts is { } known) // its admissions were here before it
            foreach (var admission in known.Admissions) tenantVersions[admission.Node] = Version;
        slots.Put(slot);
        workload.Slots.Remove(slot);
        workload.Slots.Add(slot);
        byName.Put(slot);
        Tell(replaced, slot);
    }

    void ApplyAdmission(in RowChange change, Now now)
    {
        var held = PodFacts.ReadNode((change.After ?? change.Before)!) is { } node ? admissions.Find(node, change.Uid) : null;
        var next = change.After is null ? null : admissions.Read(change.After, held);
        LastAdmission = (held, next);
        if (held is null != next is null) tenantVersions[(next ?? held!).Node] = Version;
        if (held is not null && next is null)
        {
            admissions.Remove(held);
            facts.Of(held.Run.Pod).Take(held.Uid);
            Touch(held.Run.Pod, now);
        }
        if (next is null) return;
        admissions.Put(next);
        facts.Of(next.Run.Pod).Put(next);
        Touch(next.Run.Pod, now);
    }

    /// <summary>Brings a slot up to date with its facts, and drops what nobody wants and nobody runs.</summary>
    void Touch(PodId pod, Now now)
    {
        Dirty.Add(pod);
        var known = facts.Find(pod);
        var slot = Find(pod);
        if (known is not null) garbage.Note(pod, known, isStray: slot is null);
        if (slot is null && known is { IsEmpty: true }) facts.Drop(pod);
        if (slot is null) return;
        known?.CopyTo(slot);
        foreach (var observer in observers) observer.OnFacts(slot);
        slot.Version = Version;
        if (!slot.IsDesired && slot.Admissions.IsEmpty) Drop(slot);
        else if (slot.IsDesired && !slot.Succeeded && !IsHeld(slot)) watched[pod] = slot;
        else if (watched.Count > 0) watched.Remove(pod);
        if (!loading) IsOpen(slot, now.Monotonic);
    }

    void Drop(Slot slot)
    {
        slots.Remove(slot);
        Tell(slot, null);
        watched.Remove(slot.Id);
        catalog.Find(slot.Id.Workload)?.Slots.Remove(slot);
        byName.Remove(slot);
        facts.Part(slot);
        if (slot.Facts is { } left) garbage.Note(slot.Id, left, isStray: true);
    }
}
