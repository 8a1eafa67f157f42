using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gossip.Architecture.Ratchets;

static class SizeRules
{
    public static IEnumerable<Offence> LongLines(string folder) =>
        from file in Repository.Sources(folder)
        from line in File.ReadAllLines(file).Index()
        where line.Item.Length > Measure.Columns
        select new Offence(Measure.At(file, line.Index + 1), $"{line.Item.Length} columns", line.Item.Length);

    public static IEnumerable<Offence> LongFiles(string folder) =>
        from file in Repository.Sources(folder)
        let lines = File.ReadAllLines(file).Length
        where lines > Measure.FileLines
        select new Offence(Measure.At(file, 1), $"{lines} lines", lines);

    // Constructors, operators and accessors are methods too. A local function counts within the one that holds it.
    public static IEnumerable<Offence> LongMethods(string folder) =>
        from tree in Syntax.Of(folder)
        from node in tree.GetRoot().DescendantNodes()
        where node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
        let lines = Measure.Lines(node).Count
        where lines > Measure.MethodLines
        select new Offence(Measure.At(node), $"{Syntax.Name(node)} has {lines} lines", lines);

    // A nested type counts by itself and within the one that holds it.
    public static IEnumerable<Offence> LongTypes(string folder) =>
        from type in Syntax.Types(folder)
        let lines = type.Sum(each => Measure.Lines(each).Count)
        where lines > Measure.TypeLines
        select new Offence(Measure.At(type.First()), $"{type.Key} has {lines} lines in {type.Count()} files", lines);
}
