namespace Gossip.Architecture.Folders;

/// <summary>
/// `dotnet run --project tests/Gossip.Architecture -- graph [FROM [TO]] [--lines] [--project NAME]`: each arrow with its files and
/// types, then the cycles. FROM and TO keep only the arrows between these two (`-` stands for any); `--lines` names every line.
/// </summary>
static class GraphCommand
{
    public static int Run(string[] args)
    {
        var words = args.ToList();
        var lines = words.Remove("--lines");
        var name = "Gossip.Core";
        if (words.IndexOf("--project") is >= 0 and var at)
        {
            if (at + 1 == words.Count) return Usage();
            name = words[at + 1];
            words.RemoveRange(at, 2);
        }
        if (words.Count > 2) return Usage();
        var graph = FolderGraph.Of(name);
        foreach (var ((from, to), uses) in graph.Arrows)
        {
            if (Wanted(words, 0, from) && Wanted(words, 1, to)) Print(from, to, uses, lines);
        }
        if (words.Count == 0) PrintSummary(graph);
        var errors = ProjectSource.Of(name).Errors();
        if (errors.Count > 0) Console.WriteLine($"\nUses are missing: {errors.Count} compile errors, the first is {errors[0]}");
        return 0;
    }

    static int Usage()
    {
        Console.Error.WriteLine("graph [FROM [TO]] [--lines] [--project NAME]");
        return 2;
    }

    static bool Wanted(List<string> words, int at, string node) => words.Count <= at || words[at] == "-" || words[at] == node;

    static void Print(string from, string to, List<FolderUse> uses, bool lines)
    {
        Console.WriteLine($"{from} -> {to}  ({uses.Count} uses)");
        foreach (var file in uses.GroupBy(each => each.File))
        {
            if (lines)
            {
                foreach (var use in file) Console.WriteLine($"    {use.File}:{use.Line}: {use.Type}");
                continue;
            }
            var types = file.CountBy(each => each.Type).OrderByDescending(each => each.Value).Select(each => $"{each.Key}*{each.Value}");
            Console.WriteLine($"    {file.Key}: {string.Join(", ", types)}");
        }
    }

    static void PrintSummary(FolderGraph graph)
    {
        Console.WriteLine("\nArrows, each with the number of uses:");
        foreach (var node in graph.Nodes)
        {
            var targets = graph.TargetsOf(node).Select(each => $"{each} {graph.Arrows[(node, each)].Count}");
            Console.WriteLine($"  {node}: {string.Join(", ", targets)}");
        }
        PrintCycles(graph, "folders", [.. graph.Nodes.Where(FolderGraph.IsFolder)]);
        PrintCycles(graph, "folders and files beside them", graph.Nodes);
    }

    static void PrintCycles(FolderGraph graph, string what, IReadOnlyCollection<string> nodes)
    {
        var cycles = Cycles.Of(nodes, node => graph.TargetsOf(node).Where(nodes.Contains));
        Console.WriteLine($"\nCycles among {what}: {cycles.Count}, of {cycles.Sum(each => each.Count)} in all");
        foreach (var cycle in cycles) PrintCycle(graph, cycle);
    }

    // The arrows inside of a cycle, the thinnest first: these are the cheapest to cut.
    static void PrintCycle(FolderGraph graph, IReadOnlyList<string> cycle)
    {
        Console.WriteLine($"  {string.Join(" ", cycle)}");
        var inside = graph.Arrows.Where(each => cycle.Contains(each.Key.From) && cycle.Contains(each.Key.To));
        foreach (var ((from, to), uses) in inside.OrderBy(each => each.Value.Count))
        {
            Console.WriteLine($"    {uses.Count,5}  {from} -> {to}");
        }
    }
}
