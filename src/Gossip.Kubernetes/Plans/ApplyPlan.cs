using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;
using ObjectField = Gossip.Core.Kinds.ObjectField;

namespace Gossip.Kubernetes.Plans;

/// <summary>What a step would do.</summary>
enum PlanAction : byte
{
    /// <summary>No object of the name is there, or none was looked for.</summary>
    Create,

    /// <summary>One is there, and fields differ.</summary>
    Replace,

    /// <summary>One is there, and it is the same.</summary>
    Unchanged,
}

/// <summary>One object of a plan: what would be written, and what the cluster would make of it.</summary>
/// <param name="Action">What would be done.</param>
/// <param name="Name">Of which object.</param>
/// <param name="ApiVersion">Such as <c>apps/v1</c>.</param>
/// <param name="Fields">What the tables would hold.</param>
/// <param name="Changes">Paths of the fields that a replacement touches.</param>
/// <param name="Outlook">Sentences for a reader: <c>3 pods x (100m cpu, 100Mi memory)</c>.</param>
sealed record PlanStep(
    PlanAction Action, ObjectName Name, string ApiVersion, ImmutableArray<ObjectField> Fields,
    ImmutableArray<string> Changes, ImmutableArray<string> Outlook)
{
    /// <summary>What to ask of a node to perform it; null when there is nothing to do.</summary>
    public Request? ToRequest() => Action switch
    {
        PlanAction.Create => new CreateObject(Name, ApiVersion, Fields),
        PlanAction.Replace => new ReplaceObject(Name, 0, Fields),
        _ => null,
    };

    /// <summary>Where the API has the objects of its kind and namespace: <c>apis/apps/v1/namespaces/default/deployments</c>.</summary>
    public string CollectionPath => ServedKinds.Of(Name.Kind)!.CollectionPath(Name.Namespace);

    /// <summary><c>create Deployment default/web</c></summary>
    public override string ToString() => $"{Verb} {Name}";

    internal string Verb => Action switch { PlanAction.Create => "create", PlanAction.Replace => "replace", _ => "unchanged" };
}

/// <summary>What an <c>apply</c> would do, decided before anything is done: printed, then performed, the same.</summary>
/// <param name="Steps">In the order in which they are to be performed.</param>
/// <param name="Faults">While there are any, nothing is to be performed.</param>
/// <param name="Warnings">Worth saying, and no reason to refuse.</param>
sealed record ApplyPlan(ImmutableArray<PlanStep> Steps, ImmutableArray<ManifestFault> Faults, ImmutableArray<ManifestFault> Warnings)
{
    /// <summary>Whether it may be performed.</summary>
    public bool IsSound => Faults.IsEmpty;

    /// <summary><c>{steps, faults, warnings}</c>, as <c>gossip plan -o json</c> and <c>POST /gossip/v1/plan</c> tell it.</summary>
    public JsonObject ToJson() => new()
    {
        ["steps"] = new JsonArray([.. Steps.Select(step => (JsonNode)new JsonObject
        {
            ["action"] = step.Verb,
            ["kind"] = step.Name.Kind,
            ["namespace"] = step.Name.Namespace,
            ["name"] = step.Name.Name,
            ["changes"] = new JsonArray([.. step.Changes.Select(path => (JsonNode)path)]),
            ["outlook"] = new JsonArray([.. step.Outlook.Select(line => (JsonNode)line)]),
        })]),
        ["faults"] = new JsonArray([.. Faults.Select(Line)]),
        ["warnings"] = new JsonArray([.. Warnings.Select(Line)]),
    };

    static JsonNode Line(ManifestFault fault) => new JsonObject
    {
        ["source"] = fault.Source,
        ["document"] = fault.Document,
        ["line"] = fault.At.Line,
        ["column"] = fault.At.Column,
        ["about"] = fault.About,
        ["field"] = fault.Field,
        ["reason"] = fault.Reason.ToString(),
        ["rule"] = fault.Rule,
        ["message"] = fault.Message,
    };
}
