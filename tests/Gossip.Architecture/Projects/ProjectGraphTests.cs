using System.Xml.Linq;

namespace Gossip.Architecture.Projects;

/// <summary>What the projects of src reference, packages and frameworks too: an embedding app gets all of it.</summary>
public class ProjectGraphTests
{
    static readonly string File = Repository.In("tests/Gossip.Architecture/projects.txt");

    [Fact]
    public void Projects_reference_only_what_they_may()
    {
        var differences = AllowList.Differences(AllowList.Read(File), ProjectSource.Names, References,
            (from, to) => [$"src/{from}/{from}.csproj: {to}"]);

        Assert.True(differences.Count == 0, $"{string.Join("\n", differences)}\nMend the project file or projects.txt.");
    }

    // What the build alone needs, such as analyzers, reaches no app.
    static IEnumerable<string> References(string name)
    {
        var project = XDocument.Load(Repository.In($"src/{name}/{name}.csproj"));
        foreach (var each in project.Descendants())
        {
            if (each.Name.LocalName is not ("ProjectReference" or "PackageReference" or "FrameworkReference")) continue;
            if ((string?)each.Attribute("PrivateAssets") == "all") continue;
            var include = (string)each.Attribute("Include")!;
            yield return each.Name.LocalName == "ProjectReference" ? Path.GetFileNameWithoutExtension(include.Replace('\\', '/')) : include;
        }
    }
}
