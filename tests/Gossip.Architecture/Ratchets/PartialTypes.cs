using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Ratchets;

static class PartialTypes
{
    // The attributes by which a source generator is asked for; each needs its type, and all types around it, to be partial.
    static readonly string[] Generated = ["LibraryImport", "GeneratedRegex", "LoggerMessage", "JsonSerializable"];

    public static IEnumerable<Offence> Find(string folder) =>
        from type in Syntax.Types(folder)
        where type.Any(each => each.Modifiers.Any(word => word.IsKind(SyntaxKind.PartialKeyword))) && !type.Any(IsCompleted)
        select new Offence(Measure.At(type.First()), $"{type.Key} is partial in {type.Count()} places", type.Count());

    static bool IsCompleted(TypeDeclarationSyntax type) =>
        type.DescendantNodes().OfType<AttributeSyntax>().Any(each => Generated.Contains(each.Name.ToString(), StringComparer.Ordinal));
}
