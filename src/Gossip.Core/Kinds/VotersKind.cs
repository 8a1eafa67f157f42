using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.Wire;

namespace Gossip.Core.Kinds;

/// <summary>The nodes by whose majority singletons run: one object of the cluster.</summary>
sealed class VotersKind : ObjectKind
{
    public const string Kind = "Voters";
    public const int Most = 15;

    public static readonly ObjectName Name = new(Kind, "", "cluster");

    public override KindRole Role => KindRole.Voters;

    public override bool NeedsConsent => true;

    public override TemplateProblem? Validate(ObjectName name, Func<string, ReadOnlyMemory<byte>> json) =>
        name == Name && TryReadNames(json(Fields.Voters)) is not null
            ? null
            : new TemplateProblem(Fields.Voters, $"is not from 1 to {Most} names of nodes, each once, of the object {Name}");

    /// <summary>Names as a JSON array; null when it is anything else.</summary>
    public static ImmutableArray<string>? TryReadNames(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var read = JsonDocument.Parse(json);
            if (read.RootElement.ValueKind != JsonValueKind.Array || read.RootElement.GetArrayLength() is 0 or > Most) return null;
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var item in read.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String) return null;
                if (item.GetString() is not { Length: > 0 and <= Limits.Label } name || !names.Add(name)) return null;
            }
            return [.. names];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
