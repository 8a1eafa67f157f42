namespace Gossip.Architecture;

/// <summary>
/// A file of lines `from: to to to`, one for each node of a graph: the arrows that may be there. Empty lines and lines that
/// begin with # say nothing.
/// </summary>
static class AllowList
{
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(string file)
    {
        var allowed = new SortedDictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var colon = line.IndexOf(':');
            if (colon < 1) throw new FormatException($"{file}: no colon in \"{line}\"");
            var from = line[..colon];
            var to = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            if (!allowed.TryAdd(from, to)) throw new FormatException($"{file}: two lines for {from}");
        }
        return allowed;
    }

    public static string Line(string from, IEnumerable<string> to) => $"{from}: {string.Join(" ", to)}".TrimEnd();

    /// <summary>What differs between the file and the graph: arrows that may not be, and those allowed in vain.</summary>
    /// <param name="places">Where an arrow comes from, for whoever has to mend it.</param>
    public static IReadOnlyList<string> Differences(
        IReadOnlyDictionary<string, IReadOnlySet<string>> allowed, IReadOnlyCollection<string> nodes,
        Func<string, IEnumerable<string>> targets, Func<string, string, IEnumerable<string>> places)
    {
        var found = new List<string>();
        foreach (var node in nodes)
        {
            if (!allowed.TryGetValue(node, out var may))
            {
                found.Add($"{node} is not listed");
                continue;
            }
            var has = targets(node).ToList();
            foreach (var to in has.Where(each => !may.Contains(each)))
            {
                found.Add($"{node} may not use {to}, but does:");
                found.AddRange(places(node, to).Select(each => "    " + each));
            }
            found.AddRange(may.Except(has).Select(each => $"{node} may use {each} and does not: take it from the line"));
        }
        found.AddRange(allowed.Keys.Where(each => !nodes.Contains(each)).Select(each => $"{each} is listed and does not exist"));
        return found;
    }
}
