namespace Gossip.Architecture.Folders;

/// <summary>`… -- folders`: writes core-folders.txt as the code is now. Whoever reads the commit judges the difference.</summary>
static class FoldersCommand
{
    public const string Hint = "`dotnet run --project tests/Gossip.Architecture -- folders`";

    public static string File { get; } = Repository.In("tests/Gossip.Architecture/core-folders.txt");

    public static int Run()
    {
        var graph = FolderGraph.Core;
        var head = System.IO.File.ReadLines(File).TakeWhile(each => each.StartsWith('#'));
        System.IO.File.WriteAllLines(File, [.. head, .. graph.Nodes.Select(each => AllowList.Line(each, graph.TargetsOf(each)))]);
        return 0;
    }
}
