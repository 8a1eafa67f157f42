using Microsoft.CodeAnalysis;

namespace Gossip.Architecture.Surface;

/// <summary>
/// `… -- surface`: the public types of the packages that no host app can reach. `… -- surface TYPE`: how one is reached.
/// `… -- surface --hide`: makes the unreachable ones internal, in the sources.
/// </summary>
static class SurfaceCommand
{
    public static int Run(string[] words)
    {
        var surface = PublicSurface.From(PublicSurface.Roots());
        switch (words)
        {
            case []:
                foreach (var each in surface.Unreachable.GroupBy(each => each.ContainingAssembly.Name, StringComparer.Ordinal)) Print(each);
                Console.WriteLine($"{surface.Unreachable.Count()} of {surface.All.Count} public types are out of reach");
                return 0;
            case ["--hide"]:
                return Hide(surface);
            case [var name]:
                var named = surface.All.Where(each => each.Name == name);
                foreach (var each in named) Console.WriteLine(string.Join(" -> ", surface.PathTo(each)));
                return 0;
            default:
                Console.Error.WriteLine("surface [TYPE | --hide]");
                return 2;
        }
    }

    static void Print(IGrouping<string, INamedTypeSymbol> types)
    {
        Console.WriteLine($"{types.Key}: {types.Count()}");
        foreach (var each in types.OrderBy(each => each.ToDisplayString(), StringComparer.Ordinal)) Console.WriteLine($"    {each}");
    }

    // A type nested in another goes with it.
    static int Hide(PublicSurface surface)
    {
        foreach (var type in surface.Unreachable.Where(each => each.ContainingType is null))
        {
            foreach (var declared in type.DeclaringSyntaxReferences) HideIn.File(declared.SyntaxTree.FilePath, type.Name, type.Arity);
        }
        return 0;
    }
}
