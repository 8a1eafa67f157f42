using System.Text.Json;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gossip.Architecture;

/// <summary>
/// One project of src, compiled in memory from its sources: what it references comes from its project file and from what the
/// last restore resolved. Nothing is built and nothing written.
/// </summary>
sealed class ProjectSource
{
    // What the SDK puts into GlobalUsings.g.cs when ImplicitUsings is on.
    const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    static readonly Dictionary<string, ProjectSource> Read = new(StringComparer.Ordinal);

    readonly Lazy<IReadOnlyList<Diagnostic>> diagnostics;

    ProjectSource(string name)
    {
        Name = name;
        var project = XDocument.Load(Repository.In($"src/{name}/{name}.csproj"));
        References = [.. Items(project, "ProjectReference").Select(each => Path.GetFileNameWithoutExtension(each.Replace('\\', '/')))];
        IsPackable = project.Descendants("IsPackable").Any(each => each.Value == "true");

        var parsing = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose);
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(ImplicitUsings + Friends(project), parsing) };
        foreach (var file in Repository.Sources($"src/{name}").Concat(Linked(name, project)))
        {
            trees.Add(CSharpSyntaxTree.ParseText(File.ReadAllText(file), parsing, file));
        }
        Compilation = CSharpCompilation.Create(project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? name, trees,
            [.. Framework(), .. Packages(name), .. References.Select(each => Of(each).Compilation.ToMetadataReference())],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        diagnostics = new(() => Compilation.GetDiagnostics());
    }

    public string Name { get; }
    public IReadOnlyList<string> References { get; }
    public bool IsPackable { get; }
    public CSharpCompilation Compilation { get; }

    /// <summary>The files of the project itself, without what was added here.</summary>
    public IEnumerable<SyntaxTree> Trees => Compilation.SyntaxTrees.Where(each => each.FilePath.Length > 0);

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(Repository.In("src")).Select(each => Path.GetFileName(each))
            .Where(each => File.Exists(Repository.In($"src/{each}/{each}.csproj"))).Order(StringComparer.Ordinal)];

    public static ProjectSource Of(string name)
    {
        lock (Read)
        {
            if (!Read.TryGetValue(name, out var project)) Read.Add(name, project = new ProjectSource(name));
            return project;
        }
    }

    /// <summary>All that the compiler says.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => diagnostics.Value;

    /// <summary>What the compiler cannot understand, save for the partial methods that a source generator would have completed.</summary>
    public IReadOnlyList<Diagnostic> Errors() =>
        [.. Diagnostics.Where(each => each is { Severity: DiagnosticSeverity.Error, Id: not "CS8795" })];

    static IEnumerable<string> Items(XDocument project, string name) =>
        project.Descendants(name).Select(each => (string?)each.Attribute("Include")).OfType<string>();

    /// <summary>Files of other folders of src that are compiled into the project as well, named by file or as <c>folder/*.cs</c>.</summary>
    static IEnumerable<string> Linked(string name, XDocument project) =>
        Items(project, "Compile").SelectMany(each => Directory.GetFiles(
            Repository.In(Path.Combine("src", name, Path.GetDirectoryName(each)!)), Path.GetFileName(each)));

    static string Friends(XDocument project) =>
        string.Concat(Items(project, "InternalsVisibleTo")
            .Select(each => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{each}\")]"));

    static IEnumerable<MetadataReference> Framework() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(each => Path.GetFileName(Path.GetFullPath(Path.Combine(each, "../../.."))) == "shared")
            .Select(each => MetadataReference.CreateFromFile(each));

    static IEnumerable<MetadataReference> Packages(string name)
    {
        var restored = Repository.In($"src/{name}/obj/project.assets.json");
        if (!File.Exists(restored)) throw new InvalidOperationException($"{name} is not restored: run `dotnet restore`");
        using var assets = JsonDocument.Parse(File.ReadAllText(restored));
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(each => each.Name).ToList();
        var libraries = assets.RootElement.GetProperty("libraries");
        var found = new List<MetadataReference>();
        foreach (var package in assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject())
        {
            if (!package.Value.TryGetProperty("compile", out var compile)) continue;
            if (!libraries.GetProperty(package.Name).TryGetProperty("path", out var path)) continue;
            foreach (var file in compile.EnumerateObject().Where(each => each.Name.EndsWith(".dll", StringComparison.Ordinal)))
            {
                var full = folders.Select(each => Path.Combine(each, path.GetString()!, file.Name)).FirstOrDefault(File.Exists);
                if (full is not null) found.Add(MetadataReference.CreateFromFile(full));
            }
        }
        return found;
    }
}
