using System.Text.Json.Nodes;
using Spectre.Console;

namespace Gossip.Cli.Verbs;

/// <summary>A plan for people: a row for each node that would get pods of a workload, for those who go and for those who wait.</summary>
static class PlanPage
{
    /// <summary>Pods named in a row; of more the rest is counted.</summary>
    const int Named = 6;

    sealed record Row(string Workload, string Where, string What, string Colour);

    public static Table Table(JsonObject plan)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in (string[])["WORKLOAD", "NODE", "PODS"]) table.AddColumn(column);
        foreach (var row in Rows(plan)) table.AddRow(Markup.Escape(row.Workload), $"[{row.Colour}]{Markup.Escape(row.Where)}[/]", Markup.Escape(row.What));
        return table;
    }

    /// <summary>The same without a terminal: no column, so that no line is cut.</summary>
    public static IEnumerable<string> Lines(JsonObject plan)
    {
        foreach (var row in Rows(plan))
        {
            if (row.Workload.Length > 0) yield return row.Workload;
            if (row.Where.Length > 0) yield return $"  {row.Where}: {row.What}";
        }
    }

    public static string Summary(JsonObject plan)
    {
        var workloads = plan["placement"]!["workloads"]!.AsArray();
        int Sum(string part) => workloads.Sum(workload => workload![part]!.AsArray().Count);
        var pending = workloads.Sum(workload => workload!["misfits"]!.AsArray().Sum(misfit => misfit!["pods"]!.GetValue<int>()));
        var evictions = plan["placement"]!["evictions"]!.GetValue<int>();
        return $"{Sum("placed")} pods would be placed, {Sum("stay")} stay, {Sum("leave")} leave, {evictions} would be evicted, {pending} would not fit. Nothing was changed.";
    }

    static IEnumerable<Row> Rows(JsonObject plan)
    {
        var steps = plan["steps"]!.AsArray().ToDictionary(step => (Text(step, "kind"), Text(step, "namespace"), Text(step, "name")));
        foreach (var workload in plan["placement"]!["workloads"]!.AsArray())
        {
            var ns = Text(workload, "namespace");
            var step = steps[(Text(workload, "kind"), ns, Text(workload, "name"))];
            var (before, after) = (workload!["before"]!.GetValue<int>(), workload["after"]!.GetValue<int>());
            var head = $"{Text(step, "action")} {Text(workload, "kind")} {ns}/{Text(workload, "name")}, {(before == after || before == 0 ? $"{after}" : $"{before} to {after}")} pods";
            foreach (var row in Parts(workload))
            {
                yield return row with { Workload = head };
                head = "";
            }
            if (head.Length > 0) yield return new Row(head, "", "", "default");
        }
    }

    static IEnumerable<Row> Parts(JsonNode workload)
    {
        foreach (var node in workload["stay"]!.AsArray().GroupBy(pod => Text(pod, "node"), StringComparer.Ordinal))
            yield return new Row("", node.Key, $"{Pods(node)} {(node.Count() == 1 ? "stays" : "stay")}", "default");
        foreach (var node in workload["placed"]!.AsArray().GroupBy(pod => Text(pod, "node"), StringComparer.Ordinal).OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            yield return new Row("", node.Key, Pods(node), "green");
            var victims = node.SelectMany(pod => pod!["evicts"]!.AsArray()).Select(victim => victim!.GetValue<string>()).ToArray();
            if (victims.Length > 0) yield return new Row("", node.Key, $"evicts {string.Join(", ", victims)}", "yellow");
        }
        foreach (var leaving in workload["leave"]!.AsArray().GroupBy(pod => (Node: Text(pod, "node"), Because: Text(pod, "because"))))
            yield return new Row("", leaving.Key.Node.Length == 0 ? "pending" : leaving.Key.Node, $"{Pods(leaving)} {(leaving.Count() == 1 ? "leaves" : "leave")}: {leaving.Key.Because}", "yellow");
        foreach (var misfit in workload["misfits"]!.AsArray())
        {
            var others = misfit!["pods"]!.GetValue<int>() - 1;
            yield return new Row("", "does not fit", $"{Text(misfit, "first")}{(others > 0 ? $" and {others} more" : "")}: {Text(misfit, "because")}", "red");
        }
    }

    static string Pods(IEnumerable<JsonNode?> pods)
    {
        var names = pods.Select(pod => Text(pod, "pod")).ToArray();
        return names.Length <= Named ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Named))} and {names.Length - Named} more";
    }

    static string Text(JsonNode? node, string field) => node?[field]?.GetValue<string>() ?? "";
}
