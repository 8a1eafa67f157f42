using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>
/// Where pods are, as far as some live rule asks for it: every rule of affinity or spreading reads tallies, and each
/// admission that comes or goes moves the few that count its pod. So a decision costs as much as the pod has rules,
/// however many pods are placed, and pods that no rule speaks of cost nothing. (Source: the idea of kube-scheduler's
/// PreFilter state, kept between pods instead of made anew for each.)
/// </summary>
sealed class PlacedPods : ITableObserver
{
    readonly NodeId self;
    readonly SlotSet<PodId> slots;
    readonly Dictionary<NodeId, PlacedNode> nodes = [];
    readonly Dictionary<PodTemplate, PlacementRules> rules = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<PodId, (NodeId Node, int Claims)> claimed = []; // in the books that tell, which are this node's
    readonly Dictionary<PodId, NodeId> expected = [];    // where this node's auctions awarded it
    readonly NamespaceBook namespaces = new();
    readonly RuleBook book;
    readonly List<Place> scratch = [];
    PodTemplate? lastPlain; // met no rule when it was last looked at

    internal PlacedPods(NodeId self, SlotSet<PodId> slots)
    {
        this.self = self;
        this.slots = slots;
        book = new RuleBook(nodes, namespaces);
    }

    /// <summary>Moves when a pod that some rule speaks of is seen on another node for the first time.</summary>
    internal ulong News { get; private set; }

    /// <summary>For the filters: what a slot's pod has to do with the pods around a node.</summary>
    public Surroundings Around(Slot slot) => slot.Rules is null ? default : new Surroundings(this, slot);

    internal string? DomainOf(Tally tally, NodeId node) => nodes.TryGetValue(node, out var placed) ? tally.Domains.Of(placed) : null;

    public void OnSlot(Slot? before, Slot? after)
    {
        if (before is not null) Detach(before);
        if (after is not null) Attach(after);
    }

    public void OnFacts(Slot slot) => Update(slot);

    public void OnNode(NodeId node, PlacedNode? now, IEnumerable<PodId> admitted) => SetNode(node, now, admitted);

    public void OnObject(in ObjectChange change)
    {
        if (change.Role != KindRole.NamespaceLabels) return;
        SetNamespace(change.Object.Name.Name, change.Counting is { } held ? NodeBook.ReadLabels(held.Json(Fields.Labels)) : null);
    }

    /// <summary>A slot came.</summary>
    void Attach(Slot slot)
    {
        if (!rules.TryGetValue(slot.Template, out var known))
        {
            if (ReferenceEquals(slot.Template, lastPlain)) return;
            known = Make(slot.Template, slot.Workload.Namespace);
            if (known is null)
            {
                lastPlain = slot.Template;
                return;
            }
        }
        if (slot.Rules is null) Join(slot, known);
    }

    /// <summary>A slot went, or another takes its place.</summary>
    void Detach(Slot slot)
    {
        if (slot.Rules is not { } known) return;
        Move(slot, []);
        slot.Rules = null;
        if (--known.Slots > 0) return;
        rules.Remove(known.Template);
        foreach (var dropped in book.Release(known))
            foreach (var other in rules.Values) other.Forget(dropped);
    }

    /// <summary>A slot's admissions, or what is held for it, changed.</summary>
    void Update(Slot slot)
    {
        if (slot.Rules is null) return;
        Look(slot);
        if (!slot.Places.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(scratch))) Move(slot, [.. scratch]);
    }

    /// <summary>A node came, went (<paramref name="now"/> is null), or has other labels or taints.</summary>
    /// <param name="admitted">The pods that it has admissions of.</param>
    void SetNode(NodeId node, PlacedNode? now, IEnumerable<PodId> admitted)
    {
        var before = nodes.GetValueOrDefault(node);
        if (before == now) return;
        List<Slot> moved = [];
        if (book.Domains.Count > 0)
        {
            foreach (var pod in admitted.Concat(claimed.Where(claim => claim.Value.Node == node).Select(claim => claim.Key)).Concat(expected.Where(award => award.Value == node).Select(award => award.Key)))
                if (slots.Find(pod) is { Rules: not null } slot) moved.Add(slot);
            foreach (var slot in moved) Move(slot, []);
            foreach (var set in book.Domains)
            {
                if (before is not null) set.Remove(before);
                if (now is not null) set.Add(now);
            }
        }
        if (now is null) nodes.Remove(node);
        else nodes[node] = now;
        foreach (var slot in moved) Update(slot);
    }

    /// <summary>
    /// A namespace has other labels. Where a term chooses namespaces by what changed, all rules are made anew: rare, and the one
    /// change that costs a look at every pod for every rule.
    /// </summary>
    /// <param name="labels">Null when it has no object any more.</param>
    internal void SetNamespace(string @namespace, Labels? labels)
    {
        var before = namespaces.Of(@namespace);
        namespaces.Set(@namespace, labels);
        var after = namespaces.Of(@namespace);
        if (!book.Tallies.Any(tally => tally.IsMovedBy(before, after))) return;
        var news = News;
        foreach (var slot in slots) Detach(slot);
        lastPlain = null;
        foreach (var slot in slots) Attach(slot);
        News = news; // where pods are is no news, and labels that change evict nobody
    }

    /// <summary>A node's books hold room for it from now on.</summary>
    internal void Claim(PodId pod, NodeId node)
    {
        if (slots.Find(pod) is not { Rules: not null } slot) return;
        claimed[pod] = (node, claimed.GetValueOrDefault(pod).Claims + 1);
        Update(slot);
    }

    internal void Unclaim(PodId pod)
    {
        if (!claimed.TryGetValue(pod, out var claim)) return;
        if (claim.Claims > 1) claimed[pod] = claim with { Claims = claim.Claims - 1 };
        else claimed.Remove(pod);
        if (slots.Find(pod) is { } slot) Update(slot);
    }

    /// <summary>It was awarded to a node, whose admission has not come round yet.</summary>
    internal void Expect(PodId pod, NodeId node)
    {
        if (slots.Find(pod) is not { Rules: not null } slot) return;
        expected[pod] = node;
        Update(slot);
    }

    internal void ExpectNoMore(PodId pod)
    {
        if (expected.Remove(pod) && slots.Find(pod) is { } slot) Update(slot);
    }

    /// <summary>Where the pod is counted, into <see cref="scratch"/>.</summary>
    void Look(Slot slot)
    {
        scratch.Clear();
        foreach (var admission in slot.Admissions)
            if (admission.Status.Phase is not (PodPhase.Succeeded or PodPhase.Failed))
                Put(admission.Node, !slot.IsDesired || admission.Status.Draining || admission.Run.Epoch < slot.LeastEpoch || slot.FailedEpochs.Contains(admission.Run.Epoch));
        if (expected.Count > 0 && expected.TryGetValue(slot.Id, out var node)) Put(node, false); // and not where this node's own bid for it is yet to be let go
        else if (claimed.Count > 0 && claimed.TryGetValue(slot.Id, out var claim) && !IsLookedAt(claim.Node)) Put(claim.Node, !slot.IsDesired);
    }

    bool IsLookedAt(NodeId node)
    {
        foreach (var place in scratch)
            if (place.Node == node) return true;
        return false;
    }

    void Put(NodeId node, bool leaves)
    {
        if (!nodes.ContainsKey(node)) return;
        for (var i = 0; i < scratch.Count; i++)
            if (scratch[i].Node == node)
            {
                if (!leaves) scratch[i] = new Place(node, false);
                return;
            }
        scratch.Add(new Place(node, leaves));
    }

    void Move(Slot slot, ImmutableArray<Place> places)
    {
        var before = slot.Places;
        slot.Places = places;
        foreach (var tally in slot.Rules!.CountedIn)
        {
            foreach (var place in before)
                if (tally.Counts(place)) tally.Remove(nodes[place.Node]);
            foreach (var place in places)
                if (tally.Counts(place)) tally.Add(nodes[place.Node]);
        }
        foreach (var place in places)
            if (place.Node != self && !before.Contains(place)) News++;
    }

    /// <summary>Null for a template without rules that nobody's rule speaks of.</summary>
    PlacementRules? Make(PodTemplate template, string @namespace)
    {
        if (!RuleBook.HasRules(template) && !IsSpokenOf(template, @namespace, book.Tallies)) return null;
        var made = book.Make(template, @namespace);
        rules.Add(template, made);
        if (book.Fresh.Count > 0) Introduce(made);
        return made;
    }

    /// <summary>New tallies meet every template there is, and count what is placed already.</summary>
    void Introduce(PlacementRules with)
    {
        lastPlain = null;
        foreach (var known in rules.Values)
            foreach (var tally in book.Fresh)
                if (known != with) known.Meet(tally);
        foreach (var slot in slots)
        {
            if (slot.Rules is { } met)
            {
                foreach (var tally in book.Fresh)
                    if (met.CountedIn.Contains(tally))
                        foreach (var place in slot.Places)
                            if (tally.Counts(place)) tally.Add(nodes[place.Node]);
            }
            else if (rules.TryGetValue(slot.Template, out var known)) Join(slot, known);
            else if (!RuleBook.HasRules(slot.Template) && IsSpokenOf(slot.Template, slot.Workload.Namespace, book.Fresh)) // one with rules has its turn to come
            {
                rules.Add(slot.Template, known = book.Make(slot.Template, slot.Workload.Namespace));
                Join(slot, known);
            }
        }
        book.Fresh.Clear();
    }

    void Join(Slot slot, PlacementRules known)
    {
        slot.Rules = known;
        known.Slots++;
        Update(slot);
    }

    static bool IsSpokenOf(PodTemplate template, string @namespace, IEnumerable<Tally> tallies)
    {
        foreach (var tally in tallies)
            if (tally.SpeaksOf(template, @namespace)) return true;
        return false;
    }
}
