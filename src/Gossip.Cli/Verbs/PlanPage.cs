using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Display;

namespace Gossip.Cli.Verbs;

/// <summary>A plan for people: a row for each node that would get pods of a workload, for those who go and for those who wait.</summary>
static class PlanPage
{
    /// <summary>Pods named in a row; of more the rest is counted.</summary>
    const int Named = 6;

    sealed record Row(string Workload, string Where, string What, Tone Tone = Tone.Plain);

    public static TextTable Table(JsonObject plan)
    {
        var table = new TextTable("WORKLOAD", "NODE", "PODS");
        foreach (var row in Rows(plan)) table.Add(row.Workload, new Cell(row.Where, row.Tone), row.What);
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
        var workloads = plan.Part("placement").Items("workloads");
        int Sum(string part) => workloads.Sum(workload => workload.Items(part).Count);
        var pending = workloads.Sum(workload => workload.Items("misfits").Sum(misfit => misfit.Number("pods")));
        var evictions = plan.Part("placement").Number("evictions");
        return $"{Sum("placed")} pods would be placed, {Sum("stay")} stay, {Sum("leave")} leave, "
            + $"{evictions} would be evicted, {pending} would not fit. Nothing was changed.";
    }

    static IEnumerable<Row> Rows(JsonObject plan)
    {
        var steps = plan.Items("steps").ToLookup(step => (step.TextOrNone("kind"), step.TextOrNone("namespace"), step.TextOrNone("name")));
        foreach (var workload in plan.Part("placement").Items("workloads"))
        {
            var ns = workload.TextOrNone("namespace");
            var step = steps[(workload.TextOrNone("kind"), ns, workload.TextOrNone("name"))].FirstOrDefault();
            var (before, after) = (workload.Number("before"), workload.Number("after"));
            var count = before == after || before == 0 ? $"{after}" : $"{before} to {after}";
            var head = $"{step.TextOrNone("action")} {workload.TextOrNone("kind")} {ns}/{workload.TextOrNone("name")}, {count} pods";
            foreach (var row in Parts(workload))
            {
                yield return row with { Workload = head };
                head = "";
            }
            if (head.Length > 0) yield return new Row(head, "", "");
        }
    }

    static IEnumerable<Row> Parts(JsonNode? workload)
    {
        foreach (var node in workload.Items("stay").GroupBy(pod => pod.TextOrNone("node"), StringComparer.Ordinal))
            yield return new Row("", node.Key, $"{Pods(node)} {(node.Count() == 1 ? "stays" : "stay")}");
        var placed = workload.Items("placed").GroupBy(pod => pod.TextOrNone("node"), StringComparer.Ordinal);
        foreach (var node in placed.OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            yield return new Row("", node.Key, Pods(node), Tone.Good);
            var victims = node.SelectMany(pod => pod.Texts("evicts")).ToArray();
            if (victims.Length > 0) yield return new Row("", node.Key, $"evicts {string.Join(", ", victims)}", Tone.Waiting);
        }
        foreach (var leaving in workload.Items("leave").GroupBy(pod => (Node: pod.TextOrNone("node"), Because: pod.TextOrNone("because"))))
        {
            var what = $"{Pods(leaving)} {(leaving.Count() == 1 ? "leaves" : "leave")}: {leaving.Key.Because}";
            yield return new Row("", leaving.Key.Node.Length == 0 ? "pending" : leaving.Key.Node, what, Tone.Waiting);
        }
        foreach (var misfit in workload.Items("misfits"))
        {
            var others = misfit.Number("pods") - 1;
            var who = $"{misfit.TextOrNone("first")}{(others > 0 ? $" and {others} more" : "")}";
            yield return new Row("", "does not fit", $"{who}: {misfit.TextOrNone("because")}", Tone.Bad);
        }
    }

    static string Pods(IEnumerable<JsonNode?> pods)
    {
        var names = pods.Select(pod => pod.TextOrNone("pod")).ToArray();
        return names.Length <= Named ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Named))} and {names.Length - Named} more";
    }

}
