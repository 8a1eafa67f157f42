using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>Finds the PriorityClass that a pod means, by name or by default, without reading objects twice.</summary>
sealed class PriorityBook(Catalog catalog)
{
    readonly Dictionary<string, PriorityClass?> named = new(StringComparer.Ordinal);
    PriorityClass? fallback;

    /// <summary>A class came, changed or went.</summary>
    public void Forget()
    {
        named.Clear();
        fallback = null;
    }

    /// <summary>Null when the pod names a class that is not there.</summary>
    public PriorityClass? Of(PodTemplate pod) => pod.PriorityClassName.Length == 0 ? fallback ??= FindDefault() : Find(pod.PriorityClassName);

    /// <summary>The class that is the default by its own word, other than <paramref name="besides"/>; null when there is none.</summary>
    public PriorityClass? DefaultBesides(string besides)
    {
        PriorityClass? least = null;
        foreach (var held in catalog.OfRole(KindRole.Priority))
            if (held.Name.Name != besides && Read(held) is { IsDefault: true } one && (least is null || one.Value < least.Value)) least = one;
        return least;
    }

    /// <summary>Two partitions may each have made one the default: as in Kubernetes the smaller counts.</summary>
    PriorityClass FindDefault() => DefaultBesides("") ?? PriorityClass.None;

    PriorityClass? Find(string name)
    {
        if (PriorityClass.BuiltIn(name) is { } builtIn) return builtIn;
        if (named.TryGetValue(name, out var known)) return known;
        return named[name] = catalog.Find(new ObjectName(PriorityClassKind.Kind, "", name)) is { } held ? Read(held) : null;
    }

    static PriorityClass? Read(CatalogObject held) => PriorityClass.TryRead(held.Name.Name, held.Json, out _);
}
