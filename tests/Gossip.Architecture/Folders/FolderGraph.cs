using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Folders;

/// <summary>
/// Who uses whom among the first folders below a project. A file that lies in no folder is a node of its own, under its file
/// name. A use is a name, a call, an operator or an expression whose type, or the type of whose member, another folder declares.
/// Words in documentation are no uses.
/// </summary>
sealed class FolderGraph
{
    readonly SortedDictionary<(string From, string To), List<FolderUse>> arrows = new(ArrowOrder.Instance);
    readonly SortedSet<string> nodes = new(StringComparer.Ordinal);

    static readonly Lazy<FolderGraph> OfCore = new(() => Of("Gossip.Core"));

    FolderGraph() { }

    public static FolderGraph Core => OfCore.Value;

    public IReadOnlyCollection<string> Nodes => nodes;

    public IReadOnlyDictionary<(string From, string To), List<FolderUse>> Arrows => arrows;

    public static FolderGraph Of(string name)
    {
        var project = ProjectSource.Of(name);
        var root = Repository.In($"src/{name}");
        var graph = new FolderGraph();
        foreach (var tree in project.Trees) graph.nodes.Add(NodeOf(root, tree.FilePath));
        foreach (var tree in project.Trees) graph.Add(root, tree, project.Compilation.GetSemanticModel(tree));
        return graph;
    }

    public IEnumerable<string> TargetsOf(string node) => arrows.Keys.Where(each => each.From == node).Select(each => each.To);

    public static bool IsFolder(string node) => !node.EndsWith(".cs", StringComparison.Ordinal);

    void Add(string root, SyntaxTree tree, SemanticModel model)
    {
        var from = NodeOf(root, tree.FilePath);
        var seen = new HashSet<(int Line, string Type)>();
        foreach (var syntax in tree.GetRoot().DescendantNodes())
        {
            if (syntax is UsingDirectiveSyntax || syntax.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null) continue;
            foreach (var type in Used(model, syntax))
            {
                if (type.DeclaringSyntaxReferences is not [var declared, ..]) continue;
                var home = declared.SyntaxTree.FilePath;
                if (!home.StartsWith(root, StringComparison.Ordinal)) continue;
                var to = NodeOf(root, home);
                if (to == from) continue;
                var line = tree.GetLineSpan(syntax.Span).StartLinePosition.Line + 1;
                if (!seen.Add((line, type.Name))) continue;
                if (!arrows.TryGetValue((from, to), out var uses)) arrows.Add((from, to), uses = []);
                uses.Add(new FolderUse(from, to, Path.GetRelativePath(root, tree.FilePath).Replace('\\', '/'), line, type.Name));
            }
        }
    }

    static IEnumerable<INamedTypeSymbol> Used(SemanticModel model, SyntaxNode syntax)
    {
        if (syntax is not (ExpressionSyntax or ConstructorInitializerSyntax or ForEachStatementSyntax)) yield break;
        var symbol = model.GetSymbolInfo(syntax).Symbol;
        if (symbol is not null and not INamespaceSymbol)
        {
            if (symbol is ITypeSymbol named) foreach (var each in Named(named)) yield return each;
            if (symbol.ContainingType is { } container) foreach (var each in Named(container)) yield return each;
        }
        if (syntax is not ExpressionSyntax) yield break;
        var type = model.GetTypeInfo(syntax);
        foreach (var each in Named(type.Type)) yield return each;
        if (SymbolEqualityComparer.Default.Equals(type.Type, type.ConvertedType)) yield break;
        foreach (var each in Named(type.ConvertedType)) yield return each;
    }

    // A generic type is used with what it is made of: List<Row> is a use of Row.
    static IEnumerable<INamedTypeSymbol> Named(ITypeSymbol? type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                foreach (var each in Named(array.ElementType)) yield return each;
                break;
            case INamedTypeSymbol named:
                yield return named.OriginalDefinition;
                foreach (var argument in named.TypeArguments)
                {
                    if (argument is ITypeParameterSymbol) continue;
                    foreach (var each in Named(argument)) yield return each;
                }
                break;
        }
    }

    static string NodeOf(string root, string file) => Path.GetRelativePath(root, file).Replace('\\', '/').Split('/')[0];

    sealed class ArrowOrder : IComparer<(string From, string To)>
    {
        public static ArrowOrder Instance { get; } = new();

        public int Compare((string From, string To) a, (string From, string To) b)
        {
            var from = string.CompareOrdinal(a.From, b.From);
            return from != 0 ? from : string.CompareOrdinal(a.To, b.To);
        }
    }
}
