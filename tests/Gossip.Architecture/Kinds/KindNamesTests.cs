namespace Gossip.Architecture.Kinds;

/// <summary>A new kind edits its own file and the list: nobody else asks which kind an object is of.</summary>
public class KindNamesTests
{
    const string Folder = "src/Gossip.Core/Kinds";

    static readonly IReadOnlySet<string> Names = KindNames.DeclaredIn(Folder);

    [Fact]
    public void Core_knows_kinds_by_name_only_in_their_folder()
    {
        Assert.Contains("Deployment", Names);
        var found = new List<string>();
        foreach (var file in Repository.Sources("src/Gossip.Core"))
        {
            var path = Repository.Relative(file);
            if (path.StartsWith(Folder + "/", StringComparison.Ordinal)) continue;
            found.AddRange(KindNames.Offences(File.ReadAllText(file), Names).Select(line => $"{path}:{line}"));
        }
        Assert.True(found.Count == 0, $"{string.Join("\n", found)}\nAsk ObjectKinds.Of(name), or give the kind a role or a property.");
    }

    [Theory]
    [InlineData("""var a = new ObjectName("Deployment", "", "");""", true)]
    [InlineData("var a = held.Name.Kind == DeploymentKind.Kind;", true)]
    [InlineData("var a = name.Kind is PodKind.Kind or ServiceKind.Kind;", true)]
    [InlineData("var a = held.Name.Kind switch { _ => 1 };", true)]
    [InlineData("var a = ObjectKinds.RoleOf(held.Name) == KindRole.Budget;", false)]
    [InlineData("var a = change.Kind == RowKind.Object;", false)]
    public void What_asks_for_a_kind_is_found(string source, bool isOffence) =>
        Assert.Equal(isOffence ? [1] : [], KindNames.Offences(source, Names));
}
