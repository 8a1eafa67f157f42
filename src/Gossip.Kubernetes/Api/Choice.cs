using Gossip.Core.Templates;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Watching;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>Which of a collection are meant.</summary>
/// <param name="Namespace">Empty for all.</param>
/// <param name="Name">Empty for all.</param>
sealed record Choice(string Namespace, string Name, Selector Labels, FieldSelector Fields)
{
    public bool HasSelectors => !Labels.IsEmpty || !Fields.IsEmpty;

    public bool Sees(Shown shown) =>
        (Namespace.Length == 0 || shown.Name.Namespace == Namespace)
        && (Name.Length == 0 || shown.Name.Name == Name)
        && (Labels.IsEmpty || Labels.Matches(shown.Labels))
        && Fields.Matches(shown.Fields);

    /// <summary>What a query chooses, or the answer that refuses it.</summary>
    public static (Choice? Choice, ApiAnswer? Refused) Read(ResourcePath path, IQueryCollection query)
    {
        if (LabelSelector.Parse(query["labelSelector"].ToString(), out var problem) is not { } labels)
            return (null, Statuses.BadRequest(problem));
        if (FieldSelector.Parse(path.Kind, query["fieldSelector"].ToString(), out problem) is not { } fields)
            return (null, Statuses.BadRequest(problem));
        return (new Choice(path.Namespace, path.Name, labels, fields), null);
    }
}
