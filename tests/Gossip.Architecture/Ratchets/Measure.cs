using Microsoft.CodeAnalysis;

namespace Gossip.Architecture.Ratchets;

/// <summary>A rule of style, and a way to find who breaks it.</summary>
/// <param name="Column">Its heading in ratchets.txt.</param>
/// <param name="Rule">The rule in words.</param>
/// <param name="Find">The offences in one project.</param>
sealed record Measure(string Column, string Rule, Func<string, IEnumerable<Offence>> Find)
{
    public const int Columns = 140;
    public const int MethodLines = 70;
    public const int TypeLines = 500;
    public const int FileLines = 400;

    public static IReadOnlyList<Measure> All { get; } =
    [
        new("lines", $"a line has at most {Columns} columns", SizeRules.LongLines),
        new("methods", $"a method has at most {MethodLines} lines", SizeRules.LongMethods),
        new("types", $"a type has at most {TypeLines} lines over all its files", SizeRules.LongTypes),
        new("files", $"a file has at most {FileLines} lines", SizeRules.LongFiles),
        new("partial", "a type is partial only where a source generator completes it", PartialTypes.Find),
        new("undocumented", "a public member of a package is documented", Documentation.Missing),
        new("cycles", "the folders of Core are in no cycle", CycleRules.Folders),
        new("filecycles", "the files beside the folders of Core are in no cycle with them", CycleRules.FilesBeside),
    ];

    public static string At(string file, int line) => $"{Repository.Relative(file)}:{line}";

    public static string At(SyntaxNode node) => At(node.SyntaxTree.FilePath, Lines(node).First);

    /// <summary>From the declaration's first word to its last brace; what is written above it does not count.</summary>
    public static (int First, int Count) Lines(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return (span.StartLinePosition.Line + 1, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
    }
}
