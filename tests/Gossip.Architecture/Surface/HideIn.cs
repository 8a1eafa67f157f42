using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Surface;

static class HideIn
{
    /// <summary>Takes the word `public` from a type's declaration: internal is the default, and goes without saying here.</summary>
    public static void File(string file, string name, int arity)
    {
        var text = System.IO.File.ReadAllText(file);
        foreach (var member in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>())
        {
            var word = member.Modifiers.FirstOrDefault(each => each.IsKind(SyntaxKind.PublicKeyword));
            if (!IsNamed(member, name, arity) || word.RawKind == 0) continue;
            System.IO.File.WriteAllText(file, text.Remove(word.SpanStart, word.Span.Length + 1));
            return;
        }
        throw new InvalidOperationException($"{file} declares no public {name}");
    }

    static bool IsNamed(MemberDeclarationSyntax member, string name, int arity) => member switch
    {
        TypeDeclarationSyntax type => type.Identifier.Text == name && (type.TypeParameterList?.Parameters.Count ?? 0) == arity,
        EnumDeclarationSyntax type => type.Identifier.Text == name,
        DelegateDeclarationSyntax type => type.Identifier.Text == name && (type.TypeParameterList?.Parameters.Count ?? 0) == arity,
        _ => false,
    };
}
