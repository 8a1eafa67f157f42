using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tables;

/// <summary>An object as the catalog holds it. Mutable, owned by <see cref="Catalog"/>.</summary>
sealed class CatalogObject
{
    public required Uid Uid { get; init; }
    public required ObjectBirth Birth { get; init; }
    public Row Row { get; internal set; } = null!;
    public ObjectName Name => Birth.Name;
    public Stamp CreatedAt => Row[Fields.Birth]!.Value.Stamp;
    public bool IsDeleting => Row[Fields.Deleting] is { IsNull: false };

    /// <summary>Another object of the name, made later, counts instead: this one derives nothing.</summary>
    public bool NameConflict { get; internal set; }

    /// <summary>The number of the change that touched it last (<see cref="SlotTable.Version"/>).</summary>
    public ulong Version { get; internal set; }

    /// <summary>What it derives, when it is a workload.</summary>
    public WorkloadSpec? Spec { get; internal set; }

    /// <summary>Every slot of it that lives, in order of id; wanted or not.</summary>
    internal SortedSet<Slot> Slots { get; } = new(ById);

    static readonly Comparer<Slot> ById = Comparer<Slot>.Create(static (one, other) => one.Id.CompareTo(other.Id));

    public ReadOnlyMemory<byte> Json(string path) => Row[path]?.Value ?? default;
}
