using System.Diagnostics.CodeAnalysis;

namespace Gossip.Cli;

/// <summary>The one line that a node prints when it listens; whoever started it waits for that.</summary>
sealed record RunAnnouncement(string Name, string Gossip, string Api)
{
    const string Start = "ready ";

    public override string ToString() => $"{Start}{Name} gossip={Gossip} api={Api}";

    public static bool TryParse(string line, [NotNullWhen(true)] out RunAnnouncement? announced)
    {
        announced = null;
        if (!line.StartsWith(Start, StringComparison.Ordinal)) return false;
        if (line[Start.Length..].Split(' ') is not [var name, var gossip, var api]) return false;
        if (!gossip.StartsWith("gossip=", StringComparison.Ordinal) || !api.StartsWith("api=", StringComparison.Ordinal)) return false;
        announced = new RunAnnouncement(name, gossip["gossip=".Length..], api["api=".Length..]);
        return true;
    }
}
