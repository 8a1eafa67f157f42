using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;

namespace Gossip.Kubernetes.Kinds;

/// <summary>
/// A kind that the API serves: its names, what its documents must be, how it is shown, and how it is written. Whoever meets a kind
/// asks it; nobody compares its name. One file a kind, and <see cref="ServedKinds"/> lists them.
/// </summary>
abstract class ServedKind
{
    public required string Kind { get; init; }
    public required string Plural { get; init; }
    public required string Singular { get; init; }

    /// <summary>Empty when there is none.</summary>
    public string ShortName { get; init; } = "";

    /// <summary>Empty for the core group.</summary>
    public string Group { get; init; } = "";

    public string Version { get; init; } = "v1";

    /// <summary>False for what belongs to the whole cluster.</summary>
    public bool Namespaced { get; init; } = true;

    /// <summary>The typed view of its JSON.</summary>
    public required Type Model { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As errors name it: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>Where its group and version begin: <c>api/v1</c>, <c>apis/apps/v1</c>.</summary>
    public string Root => Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";

    /// <summary>Where its objects of a namespace are: <c>apis/apps/v1/namespaces/default/deployments</c>.</summary>
    public string CollectionPath(string @namespace) => Namespaced ? $"{Root}/namespaces/{@namespace}/{Plural}" : $"{Root}/{Plural}";

    public ObjectName Name(string @namespace, string name) => new(Kind, Namespaced ? @namespace : "", name);

    // How clients find and address it.

    /// <summary>Whether <c>kubectl get all</c> asks for it.</summary>
    public virtual bool IsInAll => false;

    public virtual IReadOnlyList<Subresource> Subresources => [];

    /// <summary>Besides name and namespace, what <c>--field-selector</c> may ask for.</summary>
    public virtual IReadOnlyList<SelectableField> SelectableFields => [];

    // What its documents must be.

    /// <summary>What is wrong with a name for it, or null.</summary>
    public virtual string? NameProblem(string name) => Names.Subdomain(name);

    /// <summary>Besides those of every object.</summary>
    public virtual IReadOnlyList<ManifestRule> Rules => [];

    /// <summary>The part of a document that says what its pods are; null when there is none.</summary>
    public virtual PodPart? PodOf(JsonObject root) => null;

    /// <summary>The document as it is kept, in one spelling of what can be written in several.</summary>
    public virtual JsonObject Normalize(JsonObject root) => root;

    /// <summary>What an update may not change, and would.</summary>
    /// <param name="wanted">As <see cref="Normalize"/> makes it.</param>
    public virtual IEnumerable<ForbiddenChange> ForbiddenChanges(JsonObject present, JsonObject wanted) => [];

    /// <summary>What an update does that Kubernetes would do otherwise, in sentences for whoever sent it.</summary>
    /// <param name="wanted">As <see cref="Normalize"/> makes it.</param>
    public virtual IEnumerable<string> ChangeWarnings(JsonObject present, JsonObject wanted) => [];

    /// <summary>What would become of a document, in sentences for a reader.</summary>
    /// <param name="view">What a node knows; null when none was asked.</param>
    /// <param name="all">Everything that is applied with it.</param>
    public virtual IEnumerable<string> Outlook(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all) => [];

    /// <summary>Others may need it before they can be: it is applied first.</summary>
    public virtual bool IsAppliedFirst => false;

    // How it is shown.

    /// <summary>As kubectl prints them; names and order are Kubernetes' own.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>What there is of it.</summary>
    public virtual IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(Kind).Select(held => new Entry(held.Name, () => Show(held, cluster)) { Stamp = StampOf(held, cluster) });

    /// <summary>Of all that <see cref="Show"/> makes an object of: see <see cref="Entry.Stamp"/>.</summary>
    protected virtual ulong? StampOf(ObjectView held, ClusterIndex cluster) => ShownObject.StampOf(held);

    /// <summary>An object that somebody sent, as it is shown.</summary>
    protected virtual JsonObject Show(ObjectView held, ClusterIndex cluster) => ShownObject.Of(held);

    // How it is written.

    /// <summary>What is shown without an object of its own may be given one: the operator's side of it.</summary>
    public virtual bool TakesSettings => false;

    /// <summary>What is shown without an object of its own can be deleted, and comes anew.</summary>
    public virtual bool DeletesDerived => false;

    /// <summary>Why what is shown without an object of its own is not written.</summary>
    public virtual string WhyNotWritten(string name, JsonObject shown) => $"{Singular} {name} is not written by users";

    /// <summary>Why one of a name is never deleted, or null.</summary>
    public virtual string? WhyNotDeleted(string name) => null;

    /// <summary>What is deleted before it.</summary>
    public virtual IEnumerable<ObjectName> DeletedWith(string name, ClusterIndex cluster) => [];

    /// <summary>Takes out of a document what this server put into it when it was read, and no user wants to set.</summary>
    /// <returns>Whether there was anything.</returns>
    public virtual bool TakeOutShown(JsonObject root, ClusterIndex cluster) => false;
}

/// <summary>What cannot be changed in an object that is there.</summary>
readonly record struct ForbiddenChange(string Field, FaultReason Reason, string Message);

/// <summary>A pod, or a workload's template, in a document.</summary>
/// <param name="Template"><c>{metadata, spec}</c></param>
/// <param name="Prefix">Where it is: empty, or <c>spec.template.</c>.</param>
readonly record struct PodPart(JsonObject Template, JsonObject Spec, string Prefix)
{
    /// <summary>The path of its spec.</summary>
    public string Field => $"{Prefix}spec";
}
