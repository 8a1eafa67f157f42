using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Node.Store;

/// <summary>
/// The file that says whose a data folder is, in words that people can read: a <see cref="StoreCard"/>, a line each, with a checksum.
/// </summary>
/// <param name="Node">The node's name.</param>
sealed record FolderCard(string Node, bool HasLog, ImmutableArray<string> Damage)
{
    public const string FileName = "node";

    /// <summary>So many sentences say enough, at each start again.</summary>
    const int DamageMost = 16;

    const string Title = "gossip data folder 3", NodeIs = "node ", LogIs = "log", DamageIs = "damage ", SumIs = "sum ";
    const int LongestFile = 16 * 1024;

    public StoreCard ToStoreCard() => new(NodeId.Of(Node), HasLog, Damage);

    /// <summary>Null when there is none, and when its checksum is wrong.</summary>
    public static FolderCard? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path) || new FileInfo(path).Length > LongestFile) return null;
        var lines = File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 3 || lines[0] != Title || !lines[1].StartsWith(NodeIs, StringComparison.Ordinal)) return null;
        if (lines[^1] != SumIs + SumOf(lines[..^1])) return null;
        return new FolderCard(
            lines[1][NodeIs.Length..], lines.Contains(LogIs),
            [.. lines.Where(line => line.StartsWith(DamageIs, StringComparison.Ordinal)).Select(line => line[DamageIs.Length..])]);
    }

    public void Write(string folder)
    {
        List<string> lines =
        [
            Title, NodeIs + Node, .. HasLog ? (string[])[LogIs] : [],
            .. Damage.Take(DamageMost).Select(damage => DamageIs + damage.ReplaceLineEndings(" ")),
        ];
        var text = string.Concat(lines.Append(SumIs + SumOf(lines)).Select(line => line + "\n"));
        Durable.Replace(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(text), []);
    }

    static string SumOf(IEnumerable<string> lines) =>
        StableHash.Of(string.Join('\n', lines)).ToString("x16", CultureInfo.InvariantCulture);
}
