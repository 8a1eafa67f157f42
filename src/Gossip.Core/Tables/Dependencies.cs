using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// Whether services have a ready endpoint, by this node's own tables and members. The pod that was one the last time
/// is looked at first, so that as long as nothing is lost the answer costs nothing.
/// </summary>
sealed class Dependencies(SlotTable slots, IMemberList members)
{
    sealed class Service
    {
        public ulong Version { get; set; }
        public Selector? Selector { get; set; }
        public PodId Witness { get; set; }
    }

    readonly Dictionary<ObjectName, Service> known = []; // never enumerated

    /// <summary>The first service that the pod depends on and that nobody serves; null when all is well.</summary>
    public string? Missing(PodTemplate template, string @namespace, Instant now)
    {
        foreach (var name in template.DependsOn)
            if (!IsServed(new ObjectName(ServiceKind.Kind, @namespace, name), now)) return name;
        return null;
    }

    /// <summary>Whether a pod is one of those that serve what the other depends on.</summary>
    public static bool Serves(Slot slot, Slot dependent, SlotTable slots)
    {
        var @namespace = dependent.Workload.Namespace;
        if (!string.Equals(slot.Workload.Namespace, @namespace, StringComparison.Ordinal)) return false;
        foreach (var name in dependent.Template.DependsOn)
        {
            if (slots.Objects.Find(new ObjectName(ServiceKind.Kind, @namespace, name)) is not { } held) continue;
            if (SelectorOf(held) is { IsEmpty: false } selector && selector.Matches(slot.Template.Labels)) return true;
        }
        return false;
    }

    static Selector? SelectorOf(CatalogObject service) =>
        service.Json(Fields.Selector) is { IsEmpty: false } json ? Selector.TryRead(json, out _) : null;

    bool IsServed(ObjectName name, Instant now)
    {
        if (slots.Objects.Find(name) is not { } held)
        {
            known.Remove(name);
            return false;
        }
        if (!known.TryGetValue(name, out var service)) known.Add(name, service = new Service());
        if (service.Version != held.Version)
        {
            service.Version = held.Version;
            service.Selector = SelectorOf(held);
            service.Witness = default;
        }
        if (service.Selector is not { IsEmpty: false } selector) return false;
        if (slots.Find(service.Witness) is { } witness && IsReady(witness, now)) return true;
        foreach (var slot in slots.Slots)
        {
            if (!string.Equals(slot.Workload.Namespace, name.Namespace, StringComparison.Ordinal)) continue;
            if (!selector.Matches(slot.Template.Labels) || !IsReady(slot, now)) continue;
            service.Witness = slot.Id;
            return true;
        }
        return false;
    }

    /// <summary>As endpoints are shown: wanted, and its owner is live and says that it is ready.</summary>
    bool IsReady(Slot slot, Instant now) =>
        slot.IsDesired && slots.Standing(slot, now) is { Status.Ready: true } standing && members.Find(standing.Node) is { IsLive: true };
}
