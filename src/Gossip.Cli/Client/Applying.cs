using System.Text.Json.Nodes;
using Gossip.Kubernetes.Plans;

namespace Gossip.Cli.Client;

/// <summary>Performs a plan over the API, step by step: creates what is not there, replaces what is.</summary>
static class Applying
{
    /// <returns>What was done: <c>created</c> or <c>replaced</c>.</returns>
    public static async Task<string> PerformAsync(NodeClient node, PlanStep step, JsonObject document, CancellationToken cancel)
    {
        var path = $"{step.CollectionPath}/{step.Name.Name}";
        if (await node.FindAsync(path, cancel) is null)
        {
            await node.PostAsync(step.CollectionPath, document, cancel);
            return "created";
        }
        await node.PutAsync(path, document, cancel);
        return "replaced";
    }

    /// <summary>Applies documents that were planned without a fault, in the plan's order.</summary>
    public static async Task PerformAsync(NodeClient node, ManifestPlan plan, Action<string> tell, CancellationToken cancel)
    {
        foreach (var (step, document) in plan.Steps)
            tell($"{step.Name} {await PerformAsync(node, step, document, cancel)}");
    }
}
