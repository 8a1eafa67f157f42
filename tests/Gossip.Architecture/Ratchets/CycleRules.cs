using Gossip.Architecture.Folders;

namespace Gossip.Architecture.Ratchets;

static class CycleRules
{
    const string Core = "src/Gossip.Core";

    public static IEnumerable<Offence> Folders(string folder)
    {
        if (folder != Core) return [];
        var graph = FolderGraph.Core;
        return Offences(graph, [.. graph.Nodes.Where(FolderGraph.IsFolder)]);
    }

    public static IEnumerable<Offence> FilesBeside(string folder) =>
        folder != Core ? [] : Offences(FolderGraph.Core, FolderGraph.Core.Nodes).Where(each => !FolderGraph.IsFolder(each.Where));

    static IEnumerable<Offence> Offences(FolderGraph graph, IReadOnlyCollection<string> nodes) =>
        from cycle in Cycles.Of(nodes, node => graph.TargetsOf(node).Where(nodes.Contains))
        from node in cycle
        select new Offence($"{Core}/{node}", $"in a cycle of {cycle.Count}: {string.Join(" ", cycle)}", cycle.Count);
}
