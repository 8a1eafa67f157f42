using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Watching;

namespace Gossip.Kubernetes.Api;

/// <summary>The objects of one view, or of a later one, as they are shown.</summary>
sealed class Reader(Histories histories, ClusterIndex cluster, DateTimeOffset now)
{
    public DateTimeOffset Now => now;

    public KindSnapshot All(ServedKind kind) => histories.Of(kind).Advance(cluster);

    public Shown? Look(ServedKind kind, string @namespace, string name) => All(kind).ByName.GetValueOrDefault(kind.Name(@namespace, name));

    /// <summary>A copy to take apart.</summary>
    public JsonObject? Find(ServedKind kind, string @namespace, string name) => Look(kind, @namespace, name)?.Parse();

    public IEnumerable<Shown> Choose(ServedKind kind, Choice choice) => All(kind).Items.Where(choice.Sees);
}
