using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>What a path under /api or /apis speaks of.</summary>
/// <param name="Namespace">Empty for the whole cluster.</param>
/// <param name="Name">Empty for the collection.</param>
/// <param name="Subresource">Such as <c>log</c>; empty mostly.</param>
sealed record ResourcePath(ServedKind Kind, string Namespace, string Name, string Subresource)
{
    /// <summary>Null when it names nothing that is served.</summary>
    public static ResourcePath? Parse(string[] parts)
    {
        string group = "", version;
        switch (parts)
        {
            case ["api", var core, .. var rest]: (version, parts) = (core, rest); break;
            case ["apis", var named, var one, .. var rest]: (group, version, parts) = (named, one, rest); break;
            default: return null;
        }
        var @namespace = "";
        // /namespaces/NAME is a Namespace; /namespaces/NAME/PLURAL is what lies in it.
        if (parts is ["namespaces", var inside, var first, .. var below]
            && ServedKinds.OfPlural(group, version, first) is { Namespaced: true })
            (@namespace, parts) = (inside, [first, .. below]);
        if (parts.Length == 0 || parts.Length > 3 || ServedKinds.OfPlural(group, version, parts[0]) is not { } kind) return null;
        if (parts.Length > 1 && kind.Namespaced && @namespace.Length == 0) return null;
        return new ResourcePath(kind, @namespace, parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "");
    }
}
