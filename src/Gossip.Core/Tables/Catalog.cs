using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;

namespace Gossip.Core.Tables;

/// <summary>
/// The desired objects, by uid and by name. Two partitions may each make an object of one name: the latest birth
/// counts, the others show NameConflict until somebody deletes the name. A row whose birth cannot be read stays in
/// the tables and out of here.
/// </summary>
sealed class Catalog
{
    readonly SortedDictionary<Uid, CatalogObject> byUid = [];
    readonly SortedDictionary<ObjectName, SortedSet<Uid>> byName = [];

    /// <summary>In order of uid.</summary>
    public IEnumerable<CatalogObject> All => byUid.Values;

    /// <summary>In order of kind, namespace and name.</summary>
    public IEnumerable<CatalogObject> ByName
    {
        get
        {
            foreach (var uids in byName.Values)
                foreach (var uid in uids)
                    yield return byUid[uid];
        }
    }

    /// <summary>Those of a role that count, in order of uid.</summary>
    internal IEnumerable<CatalogObject> OfRole(KindRole role)
    {
        foreach (var held in byUid.Values)
            if (ObjectKinds.RoleOf(held.Name) == role && !held.IsDeleting && !held.NameConflict) yield return held;
    }

    public CatalogObject? Find(Uid uid) => byUid.GetValueOrDefault(uid);

    /// <summary>The one that counts under a name; null when all are being deleted, or there is none.</summary>
    public CatalogObject? Find(ObjectName name)
    {
        foreach (var found in Every(name))
            if (!found.IsDeleting && !found.NameConflict) return found;
        return null;
    }

    /// <summary>Every object of a name, those being deleted too.</summary>
    public IEnumerable<CatalogObject> Every(ObjectName name)
    {
        if (!byName.TryGetValue(name, out var uids)) yield break;
        foreach (var uid in uids) yield return byUid[uid];
    }

    /// <summary>Takes a change of an object's row; null when its birth cannot be read. A removed one is returned as it was.</summary>
    internal CatalogObject? Apply(in RowChange change)
    {
        if (change.After is not { } row)
        {
            if (!byUid.Remove(change.Uid, out var gone)) return null;
            var left = byName[gone.Name];
            left.Remove(gone.Uid);
            if (left.Count == 0) byName.Remove(gone.Name);
            return gone;
        }
        if (!byUid.TryGetValue(row.Uid, out var held))
        {
            if (TryReadBirth(row) is not { } birth) return null;
            held = new CatalogObject { Uid = row.Uid, Birth = birth };
            byUid.Add(row.Uid, held);
            if (!byName.TryGetValue(birth.Name, out var uids)) byName.Add(birth.Name, uids = []);
            uids.Add(row.Uid);
        }
        held.Row = row;
        return held;
    }

    /// <summary>Decides anew which object of a name counts; returns those for which that changed.</summary>
    internal List<CatalogObject> Judge(ObjectName name)
    {
        CatalogObject? latest = null;
        foreach (var candidate in Every(name))
            if (!candidate.IsDeleting && (latest is null || candidate.CreatedAt.CompareTo(latest.CreatedAt) >= 0)) latest = candidate;
        var turned = new List<CatalogObject>();
        foreach (var candidate in Every(name))
        {
            var conflict = !candidate.IsDeleting && candidate != latest;
            if (candidate.NameConflict == conflict) continue;
            candidate.NameConflict = conflict;
            turned.Add(candidate);
        }
        return turned;
    }

    static ObjectBirth? TryReadBirth(Row row)
    {
        try
        {
            return ObjectBirth.Read(row[Fields.Birth]!.Value.Value);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }
}
