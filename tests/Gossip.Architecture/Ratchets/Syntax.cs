using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Ratchets;

/// <summary>The parsed files of a folder. Each is parsed once.</summary>
static class Syntax
{
    static readonly Dictionary<string, IReadOnlyList<SyntaxTree>> Parsed = new(StringComparer.Ordinal);

    public static IReadOnlyList<SyntaxTree> Of(string folder)
    {
        lock (Parsed)
        {
            if (!Parsed.TryGetValue(folder, out var trees))
            {
                trees = [.. Repository.Sources(folder).Select(each => CSharpSyntaxTree.ParseText(File.ReadAllText(each), path: each))];
                Parsed.Add(folder, trees);
            }
            return trees;
        }
    }

    /// <summary>Every type with all its declarations, under its full name.</summary>
    public static IEnumerable<IGrouping<string, TypeDeclarationSyntax>> Types(string folder) =>
        Of(folder).SelectMany(each => each.GetRoot().DescendantNodes()).OfType<TypeDeclarationSyntax>()
            .GroupBy(FullName, StringComparer.Ordinal);

    public static string Name(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } accessor =>
            $"{property.Identifier.Text}.{accessor.Keyword.Text}",
        _ => node.Kind().ToString(),
    };

    static string FullName(TypeDeclarationSyntax type)
    {
        var name = type.Identifier.Text + (type.TypeParameterList is { } generic ? $"`{generic.Parameters.Count}" : "");
        for (var at = type.Parent; at is not null; at = at.Parent)
        {
            if (at is TypeDeclarationSyntax outer) name = $"{outer.Identifier.Text}.{name}";
            if (at is BaseNamespaceDeclarationSyntax space) name = $"{space.Name}.{name}";
        }
        return name;
    }
}
