using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Mutants;

/// <summary>
/// The sources of Gossip.Core, parsed once; a mutant is one tree of them replaced, compiled in memory. So a mutant costs a second or two,
/// and no file of the working tree is ever touched.
/// </summary>
internal sealed class CoreSources
{
    const string AssemblyName = "Gossip.Core";

    readonly CSharpCompilation whole;
    readonly Dictionary<string, SyntaxTree> trees = new(StringComparer.Ordinal);

    /// <param name="root">Of the repository.</param>
    public CoreSources(string root)
    {
        var folder = Path.Combine(root, "src", AssemblyName);
        var options = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (name.StartsWith("obj/", StringComparison.Ordinal) || name.StartsWith("bin/", StringComparison.Ordinal)) continue;
            trees.Add(name, CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, name));
        }
        whole = CSharpCompilation.Create(
            AssemblyName, [.. trees.Values, .. Generated(folder, options)], References(),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The tree with the mutant in it.</summary>
    /// <exception cref="DoesNotApply">What it replaces is not there, or there more than once.</exception>
    public (string Path, SyntaxTree Tree) Apply(Mutant mutant)
    {
        var places = new List<(string Path, SyntaxNode Node)>();
        var members = 0;
        var wanted = Pattern(mutant.From);
        foreach (var (path, tree) in trees)
        {
            if (Path.GetDirectoryName(path) != mutant.Folder) continue;
            foreach (var member in Members(tree, mutant))
            {
                members++;
                places.AddRange(Matches(member, wanted).Select(node => (path, node)));
            }
        }
        if (members == 0) throw new DoesNotApply($"there is no member {mutant.Where}");
        if (places.Count != 1)
            throw new DoesNotApply($"\"{mutant.From}\" is {places.Count} times in {mutant.Where}, and must be there once");
        var (file, found) = places[0];
        var old = trees[file];
        var text = old.GetText().ToString();
        var changed = text[..found.SpanStart] + mutant.To + text[found.Span.End..];
        return (file, CSharpSyntaxTree.ParseText(changed, (CSharpParseOptions)old.Options, file));
    }

    /// <summary>Writes Gossip.Core.dll with the mutant in it, or as it is.</summary>
    /// <exception cref="DoesNotApply">It does not compile.</exception>
    public void Compile(Mutant? mutant, string into)
    {
        var compilation = whole;
        if (mutant is not null)
        {
            var (path, tree) = Apply(mutant);
            compilation = compilation.ReplaceSyntaxTree(trees[path], tree);
        }
        using var file = File.Create(into);
        var emitted = compilation.Emit(file);
        if (emitted.Success) return;
        throw new DoesNotApply(string.Join("; ", emitted.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(3)));
    }

    static SyntaxNode Pattern(string text)
    {
        SyntaxNode pattern = SyntaxFactory.ParseExpression(text);
        if (!pattern.ContainsDiagnostics && pattern.FullSpan.Length == text.Length) return pattern;
        pattern = SyntaxFactory.ParseStatement(text);
        return pattern.ContainsDiagnostics || pattern.FullSpan.Length != text.Length
            ? throw new DoesNotApply($"\"{text}\" is neither an expression nor a statement")
            : pattern;
    }

    static IEnumerable<SyntaxNode> Matches(SyntaxNode member, SyntaxNode wanted) =>
        member.DescendantNodes()
            .Where(node => node.RawKind == wanted.RawKind && SyntaxFactory.AreEquivalent(node, wanted, topLevel: false));

    static IEnumerable<SyntaxNode> Members(SyntaxTree tree, Mutant mutant) =>
        from type in tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Identifier.Text == mutant.Type
        from member in type.Members
        where NamesOf(member).Contains(mutant.Member, StringComparer.Ordinal)
        select member;

    static IEnumerable<string> NamesOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.Text],
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        ConstructorDeclarationSyntax constructor => [constructor.Identifier.Text],
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        _ => [],
    };

    /// <summary>What the build wrote: usings, and who may see the internals.</summary>
    static IEnumerable<SyntaxTree> Generated(string folder, CSharpParseOptions options)
    {
        foreach (var configuration in (string[])["Debug", "Release"])
        {
            var written = Path.Combine(folder, "obj", configuration, "net10.0");
            if (!Directory.Exists(written)) continue;
            var files = Directory.GetFiles(written, "*.cs");
            if (files.Length > 0) return files.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path));
        }
        throw new InvalidOperationException("build the solution first: Gossip.Core's obj folder is empty");
    }

    static IEnumerable<MetadataReference> References() =>
        from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        where Path.GetFileNameWithoutExtension(path) is var name && !name.StartsWith("Gossip.", StringComparison.Ordinal)
        select MetadataReference.CreateFromFile(path);
}

/// <summary>The code moved on, and the mutant is a bug in nothing: to be written anew.</summary>
internal sealed class DoesNotApply(string why) : Exception(why);
