using System.Text.Json.Nodes;

namespace Gossip.Cli.Demo;

/// <summary>A pod as the API lists it, as far as the demo looks.</summary>
sealed record DemoPod(string Name, string Uid, string Phase, bool Ready, string Node, string Ip, string Message)
{
    public static IReadOnlyList<DemoPod> From(JsonNode list) =>
        [.. (list["items"]?.AsArray() ?? []).Select(item => Of(item!)).OrderBy(pod => pod.Name, StringComparer.Ordinal)];

    static DemoPod Of(JsonNode pod)
    {
        var conditions = pod["status"]?["conditions"]?.AsArray() ?? [];
        string? Condition(string type, string field) =>
            conditions.FirstOrDefault(condition => Text(condition?["type"]) == type)?[field] is { } value ? Text(value) : null;
        return new DemoPod(
            Text(pod["metadata"]?["name"]), Text(pod["metadata"]?["uid"]), Text(pod["status"]?["phase"]),
            Condition("Ready", "status") == "True", Text(pod["spec"]?["nodeName"]), Text(pod["status"]?["podIP"]),
            Condition("PodScheduled", "message") ?? "");
    }

    static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";
}
