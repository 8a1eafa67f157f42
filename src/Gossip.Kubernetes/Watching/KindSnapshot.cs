using Gossip.Core.Primitives;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Watching;

/// <summary>All objects of a kind at one moment, in the order in which they are listed. Immutable.</summary>
/// <param name="Number">Of the last change that is in it.</param>
/// <param name="Version">The same as a resourceVersion.</param>
/// <param name="View">What it was made of.</param>
sealed record KindSnapshot(
    ulong Number, string Version, ClusterView View, IReadOnlyList<Shown> Items, IReadOnlyDictionary<ObjectName, Shown> ByName);
