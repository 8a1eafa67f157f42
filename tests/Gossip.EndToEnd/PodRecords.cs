namespace Gossip.EndToEnd;

/// <summary>What really runs, whatever any node says: the records that containers' own shells keep in a node's data folder.</summary>
static class PodRecords
{
    /// <summary>One text for each container that was started and whose pod is not stopped: attempt, boot of the machine, first process.</summary>
    public static List<string> Of(NodeProcess node)
    {
        var pods = Path.Combine(node.Setup.Data, "pods");
        if (!Directory.Exists(pods)) return [];
        try
        {
            return [.. Directory.EnumerateFiles(pods, "pid", SearchOption.AllDirectories).Select(File.ReadAllText)];
        }
        catch (Exception moving) when (moving is FileNotFoundException or DirectoryNotFoundException)
        {
            return Of(node); // a pod was stopped while we looked
        }
    }

    public static int Count(LocalCluster cluster) => cluster.Nodes.Sum(node => Of(node).Count);
}
