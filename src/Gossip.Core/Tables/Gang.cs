using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>The pods of a namespace that name one gang, whatever workloads they come from. Owned by <see cref="Gangs"/>.</summary>
sealed class Gang(string @namespace, string name)
{
    public string Namespace => @namespace;
    public string Name => name;

    /// <summary>Its place on the ring: one node calls the auctions of all its pods.</summary>
    public ulong Point { get; } = Chunk.PointOf(@namespace, name);

    /// <summary>Wanted or not, in order of id.</summary>
    internal SortedDictionary<PodId, Slot> Members { get; } = [];
}

/// <summary>Every gang that some slot is of.</summary>
sealed class Gangs : ITableObserver
{
    readonly Dictionary<(string Namespace, string Name), Gang> gangs = []; // never enumerated

    public Gang? Find(string @namespace, string name) => gangs.GetValueOrDefault((@namespace, name));

    public void OnSlot(Slot? before, Slot? after)
    {
        if (before is not null) Detach(before);
        if (after is not null) Attach(after);
    }

    void Attach(Slot slot)
    {
        if (slot.Template.Gang is not { } terms) return;
        var key = (slot.Workload.Namespace, terms.Name);
        if (!gangs.TryGetValue(key, out var gang)) gangs.Add(key, gang = new Gang(key.Namespace, key.Name));
        gang.Members[slot.Id] = slot;
        slot.Gang = gang;
    }

    void Detach(Slot slot)
    {
        if (slot.Gang is not { } gang) return;
        gang.Members.Remove(slot.Id);
        slot.Gang = null;
        if (gang.Members.Count == 0) gangs.Remove((gang.Namespace, gang.Name));
    }
}
