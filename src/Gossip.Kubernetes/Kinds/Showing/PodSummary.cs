using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>What <c>kubectl get pods</c> says of one: READY, STATUS and RESTARTS.</summary>
/// <remarks>Source of the rules: k8s.io/kubernetes pkg/printers/internalversion, printPod.</remarks>
/// <param name="Containers">Main ones and sidecars.</param>
readonly record struct PodSummary(int Ready, int Containers, string Status, string Restarts)
{
    public static PodSummary Of(JsonObject pod, DateTimeOffset now)
    {
        var (spec, status) = (pod["spec"], pod["status"]);
        var sidecars = Items(spec.Below("initContainers")).Where(one => one.Below("restartPolicy").AsText() == "Always")
            .Select(one => one.Below("name").AsText()).ToHashSet(StringComparer.Ordinal);
        var phase = status.Below("phase").AsText();
        // Kubernetes gives an unplaced pod no reason of its own, so kubectl says Pending.
        var reason = status.Below("reason").AsText() is { Length: > 0 } said && said != "Unschedulable" ? said : phase;
        var (ready, restarts, ofSidecars) = (0, 0L, 0L);
        JsonNode? last = null;
        var isStarting = false;
        var at = 0;
        foreach (var one in Items(status.Below("initContainerStatuses")))
        {
            var isSidecar = sidecars.Contains(one.Below("name").AsText());
            Count(one, ref restarts, ref last);
            if (isSidecar) ofSidecars += one.Below("restartCount").AsInteger() ?? 0;
            at++;
            if (one.Below("state", "terminated") is { } ended && ended.Below("exitCode").AsInteger() == 0) continue;
            if (isSidecar && IsTrue(one.Below("started")))
            {
                if (IsTrue(one.Below("ready"))) ready++;
                continue;
            }
            isStarting = true;
            reason = one.Below("state", "terminated") is { } failed ? $"Init:{EndOf(failed)}"
                : one.Below("state", "waiting", "reason").AsText() is { Length: > 0 } waits && waits != "PodInitializing" ? $"Init:{waits}"
                : $"Init:{at - 1}/{Items(spec.Below("initContainers")).Count()}";
            break;
        }
        if (!isStarting || IsSo(status, "Initialized"))
        {
            restarts = ofSidecars;
            var runs = false;
            foreach (var one in Items(status.Below("containerStatuses")).Reverse())
            {
                Count(one, ref restarts, ref last);
                var state = one.Below("state");
                if (state.Below("waiting", "reason").AsText() is { Length: > 0 } waits) reason = waits;
                else if (state.Below("terminated") is { } ended) reason = EndOf(ended);
                else if (IsTrue(one.Below("ready")) && state.Below("running") is not null)
                {
                    runs = true;
                    ready++;
                }
            }
            if (reason == "Completed" && runs) reason = IsSo(status, "Ready") ? "Running" : "NotReady";
        }
        if (pod.Below("metadata", "deletionTimestamp") is not null && phase is not ("Succeeded" or "Failed")) reason = "Terminating";
        var shown = restarts.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (restarts > 0 && last is not null) shown += $" ({Ages.Since(last, now)} ago)";
        return new PodSummary(ready, Items(spec.Below("containers")).Count() + sidecars.Count, reason, shown);
    }

    static void Count(JsonNode? container, ref long restarts, ref JsonNode? last)
    {
        restarts += container.Below("restartCount").AsInteger() ?? 0;
        // Times are RFC 3339 in UTC: their order is that of their text.
        if (container.Below("lastState", "terminated", "finishedAt") is { } at && string.CompareOrdinal(at.AsText(), last.AsText()) > 0)
            last = at;
    }

    static string EndOf(JsonNode ended) =>
        ended.Below("reason").AsText() is { Length: > 0 } reason ? reason : $"ExitCode:{ended.Below("exitCode").AsInteger()}";

    static bool IsSo(JsonNode? status, string condition) =>
        Items(status.Below("conditions")).Any(one => one.Below("type").AsText() == condition && one.Below("status").AsText() == "True");

    static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var yes) && yes;

    static IEnumerable<JsonNode?> Items(JsonNode? node) => node as JsonArray ?? [];
}
