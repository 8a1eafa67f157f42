using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>PodDisruptionBudgets, each with what it allows by this node's tables at this moment.</summary>
sealed class PodDisruptionBudgetKind : ServedKind
{
    public static readonly PodDisruptionBudgetKind Instance = new()
    {
        Kind = "PodDisruptionBudget",
        Plural = "poddisruptionbudgets",
        Singular = "poddisruptionbudget",
        ShortName = "pdb",
        Group = "policy",
        Model = typeof(V1PodDisruptionBudget),
    };

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new BudgetShareRule(), new BudgetSelectorRule()];

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Min Available", (budget, _) => Share(budget, "minAvailable")),
        new("Max Unavailable", (budget, _) => Share(budget, "maxUnavailable")),
        new("Allowed Disruptions", (budget, _) => Cells.Number(budget.Below("status", "disruptionsAllowed")), Type: "integer"),
        Column.OfAge,
    ];

    /// <summary>How it stands follows from pods.</summary>
    protected override ulong? StampOf(ObjectView held, ClusterIndex cluster) => null;

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        if (cluster.Budget(held.Uid) is not { } budget) return root;
        var allowed = budget.Status.DisruptionsAllowed;
        root["status"] = new JsonObject
        {
            ["observedGeneration"] = held.Generation,
            ["disruptionsAllowed"] = allowed,
            ["currentHealthy"] = budget.Status.CurrentHealthy,
            ["desiredHealthy"] = budget.Status.DesiredHealthy,
            ["expectedPods"] = budget.Status.ExpectedPods,
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "DisruptionAllowed",
                ["status"] = allowed > 0 ? "True" : "False",
                ["observedGeneration"] = held.Generation,
                ["lastTransitionTime"] = ShownTime.Of(held.CreatedAt.UnixMilliseconds),
                ["reason"] = budget.Problem.Length > 0 ? "SyncFailed" : allowed > 0 ? "SufficientPods" : "InsufficientPods",
                ["message"] = budget.Problem,
            }),
        };
        return root;
    }

    static string Share(JsonObject budget, string field) => budget.Below("spec", field) switch
    {
        null => "N/A",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.AsText(),
        var number => number.ToJsonString(),
    };
}
