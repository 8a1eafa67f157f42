using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.Kinds;
using Gossip.Core.Leases;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tables;

/// <summary>
/// The nodes by whose majority singletons run: one cell of one object, whose generation is the list's version, so that
/// of two lists the later wins everywhere. It changes by one name at a time (<see cref="VoterChange"/>), so the
/// majorities of two lists that follow each other share a node.
/// </summary>
/// <param name="Row">The object that holds it.</param>
/// <param name="Names">Of nodes, in ordinal order, each once; never none.</param>
sealed record VoterList(Uid Row, uint Version, ImmutableArray<string> Names)
{
    public int Majority => Names.Length / 2 + 1;

    /// <summary>In the order of the names.</summary>
    internal ImmutableArray<NodeId> Ids { get; } = [.. Names.Select(NodeId.Of)];

    internal bool Has(NodeId node) => Ids.Contains(node);

    internal bool Says(VoterList other) => Version == other.Version && Row == other.Row && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    /// <summary>The list that counts; null when there is none. Where two partitions each made one, the first made counts.</summary>
    internal static VoterList? Read(Catalog catalog)
    {
        CatalogObject? first = null;
        foreach (var held in catalog.Every(VotersKind.Name))
            if (Read(held) is not null && (first is null || held.CreatedAt.CompareTo(first.CreatedAt) < 0)) first = held;
        return first is null ? null : Read(first);
    }

    static VoterList? Read(CatalogObject held) =>
        held.Row[Fields.Voters] is { IsNull: false } cell && VotersKind.TryReadNames(cell.Value) is { } names
            ? new VoterList(held.Uid, cell.Generation, names)
            : null;

    /// <summary>They differ by one name.</summary>
    internal static bool IsOneStep(ImmutableArray<string> from, ImmutableArray<string> to) =>
        from.Except(to, StringComparer.Ordinal).Count() + to.Except(from, StringComparer.Ordinal).Count() == 1;

    internal static byte[] Write(ImmutableArray<string> names) =>
        Encoding.UTF8.GetBytes(new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString());
}
