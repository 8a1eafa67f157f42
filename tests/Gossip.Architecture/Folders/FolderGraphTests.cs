namespace Gossip.Architecture.Folders;

public class FolderGraphTests
{
    static readonly FolderGraph Core = FolderGraph.Core;

    /// <summary>A type that the compiler does not understand would be a use that nobody counts.</summary>
    [Fact]
    public void The_compiler_understands_all_of_Core() => Assert.Empty(ProjectSource.Of("Gossip.Core").Errors());

    [Fact]
    public void Folders_of_Core_use_only_whom_they_may()
    {
        var differences = AllowList.Differences(AllowList.Read(FoldersCommand.File), Core.Nodes, Core.TargetsOf,
            (from, to) => Core.Arrows[(from, to)].Select(each => $"src/Gossip.Core/{each.File}:{each.Line}: {each.Type}"));

        Assert.True(differences.Count == 0,
            $"{string.Join("\n", differences)}\nMend the code or core-folders.txt; {FoldersCommand.Hint} writes what is.");
    }

    [Fact]
    public void A_use_is_found_by_what_an_expression_is_and_not_only_by_what_is_named()
    {
        var uses = Core.Arrows.Values.SelectMany(each => each).ToList();

        Assert.All(uses, each => Assert.NotEqual(each.From, each.To));
        Assert.Contains(uses, each => each is { File: "NodeMachine.cs", To: "Membership" });
        Assert.True(Core.Nodes.Count(FolderGraph.IsFolder) >= 10);
    }
}
