using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;

namespace Gossip.Cli.Client;

/// <summary>Documents that passed every check, each with the step that it stands for.</summary>
sealed record ManifestPlan(IReadOnlyList<(PlanStep Step, JsonObject Document)> Steps)
{
    /// <exception cref="CliFailure">Something is wrong with the input: every fault, a line each.</exception>
    public static ManifestPlan Of(ManifestSet set, string defaultNamespace)
    {
        var plan = Planner.Plan(set, view: null, defaultNamespace);
        if (!plan.IsSound) throw Refusal(plan.Faults.Select(fault => fault.ToString()));
        var documents = set.Manifests.ToDictionary(
            manifest => ManifestValidator.NameOf(manifest, defaultNamespace)!.Value, manifest => manifest.Root);
        return new ManifestPlan([.. plan.Steps.Select(step => (step, documents[step.Name]))]);
    }

    public static CliFailure Refusal(IEnumerable<string> faults) =>
        new("the manifests have faults, and nothing was changed:", 2, faults);
}
