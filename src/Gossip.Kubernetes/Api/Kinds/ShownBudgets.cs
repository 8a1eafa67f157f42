using System.Text.Json.Nodes;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Kinds;

/// <summary>PodDisruptionBudgets, each with what it allows by this node's tables at this moment.</summary>
sealed class ShownBudgets() : ShownKind(ApiKind.DisruptionBudget)
{
    public override IReadOnlyList<Column> Columns { get; } =
    [
        NameColumn,
        new("Min Available", (budget, _) => Share(budget, "minAvailable")),
        new("Max Unavailable", (budget, _) => Share(budget, "maxUnavailable")),
        new("Allowed Disruptions", (budget, _) => Number(Path(budget, "status", "disruptionsAllowed")), Type: "integer"),
        AgeColumn,
    ];

    public override IEnumerable<Entry> List(ClusterIndex cluster) =>
        cluster.ObjectsOf(ApiKind.DisruptionBudget).Select(held => new Entry(held.Name, () => Render(held, cluster)));

    static JsonObject Render(ObjectView held, ClusterIndex cluster)
    {
        var root = Base(held);
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
                ["lastTransitionTime"] = Time(held.CreatedAt.UnixMilliseconds),
                ["reason"] = budget.Problem.Length > 0 ? "SyncFailed" : allowed > 0 ? "SufficientPods" : "InsufficientPods",
                ["message"] = budget.Problem,
            }),
        };
        return root;
    }

    static string Share(JsonObject budget, string field) => Path(budget, "spec", field) switch
    {
        null => "N/A",
        JsonValue text when text.GetValueKind() == System.Text.Json.JsonValueKind.String => text.AsText(),
        var number => number.ToJsonString(),
    };
}
