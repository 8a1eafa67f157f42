using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>The labels of namespaces, by which a term of affinity may choose them. Every namespace has its name as one, also without an object.</summary>
sealed class NamespaceBook
{
    readonly Dictionary<string, Labels> known = new(StringComparer.Ordinal);

    public Labels Of(string @namespace) => known.GetValueOrDefault(@namespace) ?? Labels.Of((PodSetReader.NameOfNamespace, @namespace));

    /// <summary>What its object says now; null without one.</summary>
    public void Set(string @namespace, Labels? labels)
    {
        if (labels is null) known.Remove(@namespace);
        else known[@namespace] = labels.With(Labels.Of((PodSetReader.NameOfNamespace, @namespace)));
    }
}
