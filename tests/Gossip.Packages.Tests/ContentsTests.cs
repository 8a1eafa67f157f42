using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Gossip.Packages.Tests;

[Collection(nameof(WorkshopCollection))]
public sealed class ContentsTests(Workshop workshop)
{
    [Fact]
    public void Packing_warns_of_nothing() => Assert.DoesNotContain("warning", workshop.Packing, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Every_package_of_ours_that_one_depends_on_is_packed()
    {
        var packed = Packages().Select(each => each.Id).ToHashSet(StringComparer.Ordinal);

        Assert.Superset(new HashSet<string>(["Gossip", "Gossip.Core", "Gossip.Kubernetes", "Gossip.Cli"], StringComparer.Ordinal), packed);
        Assert.All(Packages(), package => Assert.All(Dependencies(package).Where(IsOurs), each => Assert.Contains(each, packed)));
    }

    [Fact]
    public void A_package_has_a_readme_a_licence_documentation_and_symbols()
    {
        foreach (var package in Packages())
        {
            var files = package.Files.Keys;
            Assert.Contains("README.md", files);
            Assert.Contains("LICENSE", files);
            Assert.Equal("Apache-2.0", package.Metadata("license"));
            Assert.Equal("README.md", package.Metadata("readme"));
            Assert.NotEqual("Package Description", package.Metadata("description"));
            Assert.Equal(workshop.Version, package.Metadata("version"));

            var symbols = Open(Path.ChangeExtension(package.Path, ".snupkg")).Files.Keys;
            foreach (var library in files.Where(IsLibrary))
            {
                Assert.Contains(Path.ChangeExtension(library, ".xml"), files);
                Assert.Contains(Path.ChangeExtension(library, ".pdb"), symbols);
            }
        }
    }

    [Fact]
    public void A_library_brings_what_it_names_in_its_project_and_no_more()
    {
        foreach (var package in Packages().Where(each => each.Metadata("packageTypes") is null))
        {
            var project = XDocument.Load(Path.Combine(Repository.Root, "src", AssemblyOf(package), $"{AssemblyOf(package)}.csproj"));
            var named = project.Descendants().Where(each => each.Name.LocalName is "PackageReference" or "ProjectReference")
                .Where(each => (string?)each.Attribute("PrivateAssets") != "all")
                .Select(each => PackageOf((string)each.Attribute("Include")!));
            Assert.Equal(named.Order(StringComparer.Ordinal), Dependencies(package).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void No_package_knows_where_it_was_built()
    {
        foreach (var package in Packages().SelectMany(each => new[] { each, Open(Path.ChangeExtension(each.Path, ".snupkg")) }))
        {
            foreach (var (name, bytes) in package.Files.Where(each => IsOurs(Path.GetFileName(each.Key))))
            {
                Assert.False(Holds(bytes, Repository.Root), $"{package.Id}: {name} holds the path of the folder that it was built in");
            }
        }
    }

    static bool Holds(byte[] bytes, string text) =>
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;

    static bool IsLibrary(string file) =>
        file.StartsWith("lib/", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal);

    static bool IsOurs(string name) =>
        name.Equals("Gossip", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Gossip.", StringComparison.OrdinalIgnoreCase);

    // The package Gossip is the project Gossip.Node; all others have one name.
    static string AssemblyOf(Package package) => package.Id == "Gossip" ? "Gossip.Node" : package.Id;

    static string PackageOf(string reference)
    {
        if (!reference.EndsWith(".csproj", StringComparison.Ordinal)) return reference;
        var project = Path.GetFileNameWithoutExtension(reference);
        return project == "Gossip.Node" ? "Gossip" : project;
    }

    static IEnumerable<string> Dependencies(Package package) =>
        package.Nuspec.Descendants().Where(each => each.Name.LocalName == "dependency").Select(each => (string)each.Attribute("id")!);

    IReadOnlyList<Package> Packages() => [.. Directory.GetFiles(workshop.Feed, "*.nupkg").Order(StringComparer.Ordinal).Select(Open)];

    static Package Open(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            files.Add(entry.FullName, bytes.ToArray());
        }
        return new Package(path, files);
    }

    sealed record Package(string Path, IReadOnlyDictionary<string, byte[]> Files)
    {
        public XDocument Nuspec { get; } = XDocument.Load(
            new MemoryStream(Files.Single(each => each.Key.EndsWith(".nuspec", StringComparison.Ordinal)).Value));

        public string Id => Metadata("id")!;

        public string? Metadata(string name) =>
            Nuspec.Root!.Elements().Single().Elements().FirstOrDefault(each => each.Name.LocalName == name)?.Value;
    }
}
