using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Kinds;

/// <summary>Where code decides something by the name of a kind of object.</summary>
static class KindNames
{
    const string Constant = "Kind"; // public const string Kind = "Deployment";

    /// <summary>What the constants of a folder's files call their kinds.</summary>
    public static IReadOnlySet<string> DeclaredIn(string folder) => Repository.Sources(folder)
        .SelectMany(file => Root(File.ReadAllText(file)).DescendantNodes().OfType<VariableDeclaratorSyntax>())
        .Where(each => each.Identifier.ValueText == Constant)
        .Select(each => each.Initializer?.Value).OfType<LiteralExpressionSyntax>()
        .Select(each => each.Token.ValueText)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Lines that say a kind's name, or compare the kind in an object's name with anything.</summary>
    public static IEnumerable<int> Offences(string source, IReadOnlySet<string> names) => Root(source).DescendantNodes()
        .Where(each => each switch
        {
            LiteralExpressionSyntax literal =>
                literal.IsKind(SyntaxKind.StringLiteralExpression) && names.Contains(literal.Token.ValueText),
            BinaryExpressionSyntax compared when compared.OperatorToken.ValueText is "==" or "!=" =>
                IsKindOfName(compared.Left) || IsKindOfName(compared.Right),
            IsPatternExpressionSyntax pattern => IsKindOfName(pattern.Expression),
            SwitchStatementSyntax choice => IsKindOfName(choice.Expression),
            SwitchExpressionSyntax choice => IsKindOfName(choice.GoverningExpression),
            _ => false,
        })
        .Select(each => each.GetLocation().GetLineSpan().StartLinePosition.Line + 1);

    static bool IsKindOfName(ExpressionSyntax expression) =>
        expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: Constant } access
        && access.Expression.ToString() is var of && (of.EndsWith("Name", StringComparison.Ordinal) || of is "name" or "workload");

    static SyntaxNode Root(string source) => CSharpSyntaxTree.ParseText(source).GetRoot();
}
