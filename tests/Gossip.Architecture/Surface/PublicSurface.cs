using Microsoft.CodeAnalysis;

namespace Gossip.Architecture.Surface;

/// <summary>
/// What a host app can reach of the packages: the types it is given by name (surface-roots.txt), and whatever their public members
/// speak of, on and on. A public type that is not among them serves nobody outside of our own assemblies.
/// </summary>
sealed class PublicSurface
{
    readonly Dictionary<INamedTypeSymbol, INamedTypeSymbol?> reached = new(SymbolEqualityComparer.Default);
    readonly Queue<INamedTypeSymbol> open = new();
    readonly IReadOnlyList<INamedTypeSymbol> all;

    // A project sees the types of another as symbols of its own; the name is what they have in common.
    readonly Dictionary<string, INamedTypeSymbol> byName;

    PublicSurface(IReadOnlyList<INamedTypeSymbol> all)
    {
        this.all = all;
        byName = all.ToDictionary(NameOf, StringComparer.Ordinal);
    }

    public static string RootsFile { get; } = Repository.In("tests/Gossip.Architecture/surface-roots.txt");

    /// <summary>Public types that no root leads to.</summary>
    public IEnumerable<INamedTypeSymbol> Unreachable => all.Where(each => !reached.ContainsKey(each));

    /// <summary>All public types of the packages.</summary>
    public IReadOnlyList<INamedTypeSymbol> All => all;

    /// <param name="roots">Full names. One that does not exist is an error.</param>
    public static PublicSurface From(IEnumerable<string> roots)
    {
        var types = ProjectSource.Names.Select(ProjectSource.Of).Where(each => each.IsPackable)
            .SelectMany(each => Types(each.Compilation.Assembly.GlobalNamespace)).ToList();
        var surface = new PublicSurface(types);
        foreach (var root in roots)
        {
            var found = types.Where(each => each.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat) == root).ToList();
            if (found.Count == 0) throw new FormatException($"surface-roots.txt: there is no public type {root}");
            foreach (var each in found) surface.Reach(each, null);
        }
        surface.Follow();
        return surface;
    }

    public static IEnumerable<string> Roots() => File.ReadLines(RootsFile).Where(each => each.Length > 0 && each[0] != '#');

    /// <summary>Over which types it is reached, the root first; empty when it is not.</summary>
    public IReadOnlyList<INamedTypeSymbol> PathTo(INamedTypeSymbol type)
    {
        var path = new List<INamedTypeSymbol>();
        for (var at = type; at is not null && reached.TryGetValue(at, out var from); at = from) path.Insert(0, at);
        return path;
    }

    void Follow()
    {
        while (open.TryDequeue(out var type))
        {
            foreach (var each in Spoken(type)) Reach(each, type);
            // Who is given an abstract record looks at which of its kinds it is.
            if (!type.IsAbstract || type.TypeKind != TypeKind.Class) continue;
            var kinds = all.Where(each => each.BaseType is { } general && NameOf(general.OriginalDefinition) == NameOf(type));
            foreach (var kind in kinds) Reach(kind, type);
        }
    }

    void Reach(ITypeSymbol? type, INamedTypeSymbol? from)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                Reach(array.ElementType, from);
                break;
            case INamedTypeSymbol named:
                foreach (var argument in named.TypeArguments) if (argument is not ITypeParameterSymbol) Reach(argument, from);
                if (!byName.TryGetValue(NameOf(named.OriginalDefinition), out var definition) || !reached.TryAdd(definition, from)) break;
                open.Enqueue(definition);
                if (definition.ContainingType is { } outer) Reach(outer, from);
                break;
        }
    }

    static IEnumerable<ITypeSymbol?> Spoken(INamedTypeSymbol type)
    {
        yield return type.BaseType;
        foreach (var each in type.Interfaces) yield return each;
        foreach (var each in type.TypeParameters.SelectMany(parameter => parameter.ConstraintTypes)) yield return each;
        if (type.DelegateInvokeMethod is { } invoked) foreach (var each in Spoken(invoked)) yield return each;
        foreach (var member in type.GetMembers().Where(IsVisible))
        {
            switch (member)
            {
                case IFieldSymbol field: yield return field.Type; break;
                case IPropertySymbol property:
                    yield return property.Type;
                    foreach (var each in property.Parameters) yield return each.Type;
                    break;
                case IEventSymbol happening: yield return happening.Type; break;
                case INamedTypeSymbol nested: yield return nested; break;
                case IMethodSymbol method:
                    foreach (var each in Spoken(method)) yield return each;
                    break;
            }
        }
    }

    static IEnumerable<ITypeSymbol?> Spoken(IMethodSymbol method)
    {
        yield return method.ReturnType;
        foreach (var each in method.Parameters) yield return each.Type;
        foreach (var each in method.TypeParameters.SelectMany(parameter => parameter.ConstraintTypes)) yield return each;
    }

    static string NameOf(INamedTypeSymbol type) => type.GetDocumentationCommentId() ?? type.ToDisplayString();

    static bool IsVisible(ISymbol member) => member.DeclaredAccessibility is
        Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    static bool IsPublic(INamedTypeSymbol type)
    {
        for (var at = type; at is not null; at = at.ContainingType) if (!IsVisible(at)) return false;
        return true;
    }

    static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol within)
    {
        foreach (var member in within.GetMembers())
        {
            if (member is INamedTypeSymbol type && IsPublic(type)) yield return type;
            if (member is INamespaceOrTypeSymbol deeper) foreach (var each in Types(deeper)) yield return each;
        }
    }
}
