using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gossip.Bench.Openb;

/// <summary>A real workload on a real cluster, beside central schedulers.</summary>
static class OpenbBench
{
    const int FirstSeed = 42, Seeds = 10;

    const string Honestly = """
        Real: who is asked (Candidates, Hearsay), the books, filters and scores of every node, the order of bids, the re-check
        on award, typical pods from what has arrived so far. Modelled: capacity by hearsay is 0 to 100 pods old, each pod has an
        auctioneer that has awarded nothing yet, pods come one after another, messages are counted and not sent, none is lost.
        A rejection is a refusal by a node that was asked.
        The paper's policies are central and see everything at once, fresh.
        """;

    public static Command Create()
    {
        var traces = new Option<string>("--traces") { Description = "The folder of *_node_list_*.csv and *_pod_list_*.csv; bench/README.md says where they come from", Required = true };
        var only = new Option<string?>("--trace") { Description = "This one of them only" };
        var seeds = new Option<int>("--seeds") { Description = $"How many, from {FirstSeed}", DefaultValueFactory = _ => Seeds };
        var reshape = new Option<int?>("--reshape") { Description = "Another trace of the same form, drawn with this seed: nothing may be tuned to those that there are" };
        var (json, plot) = (Options.Json(), Options.Plot());
        var command = new Command("openb", "How well a real workload is packed, beside the paper's central schedulers") { traces, only, seeds, reshape, json, plot };
        command.SetAction(parsed =>
        {
            try
            {
                return Run(parsed.GetValue(traces)!, parsed.GetValue(only), parsed.GetValue(seeds), parsed.GetValue(reshape), parsed.GetValue(json), parsed.GetValue(plot));
            }
            catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException or OverflowException)
            {
                Console.Error.WriteLine($"openb: {wrong.Message}");
                return 2;
            }
        });
        return command;
    }

    static int Run(string folder, string? only, int seeds, int? reshape, bool asJson, string? plot)
    {
        if (seeds < 1) throw new FormatException($"--seeds {seeds}: at least 1");
        Console.WriteLine(Honestly);
        var figures = new List<OpenbFigures>();
        foreach (var read in OpenbTrace.ReadAll(folder, only))
        {
            var trace = reshape is { } other ? read.Reshaped(other) : read;
            var clock = Stopwatch.StartNew();
            var runs = Enumerable.Range(FirstSeed, seeds).Select(seed => new OpenbRun(trace, seed).Run()).ToArray();
            var figure = OpenbFigures.Of(trace.Name, runs, clock.Elapsed);
            figures.Add(figure);
            Print(figure, seeds);
            if (asJson) Console.WriteLine(JsonSerializer.Serialize(new { figure.Trace, figure.At100, figure.At130, figure.RejectionsPerPod, figure.MessagesPerPod, figure.Overcommits }, JsonSerializerOptions.Web));
        }
        if (plot is not null) File.WriteAllText(plot, OpenbPlot.Draw(figures));
        return figures.All(figure => figure.Overcommits == 0) ? 0 : 1;
    }

    static void Print(OpenbFigures figure, int seeds)
    {
        Console.WriteLine();
        Console.WriteLine($"{figure.Trace}, seeds {FirstSeed} to {FirstSeed + seeds - 1}: GPU allocation in % of all GPUs when so much was asked for");
        Line("", "at 100 %", "at 130 %");
        if (Paper.Of(figure.Trace) is { } paper)
            for (var i = 0; i < paper.Length; i++) Line(Paper.Policies[i], Text(paper[i].At100), Text(paper[i].At130));
        Line("Gossip", Text(figure.At100), Text(figure.At130), $"   (seeds from {Text(figure.Least130)} to {Text(figure.Most130)})");
        Console.WriteLine($"""
              rejections a pod {figure.RejectionsPerPod:F3} ({figure.PodsRejectedPercent:F1} % of pods had one), rounds a pod {figure.RoundsPerPod:F3}, messages a pod {figure.MessagesPerPod:F1}, overcommits {figure.Overcommits}
              {figure.PodsPerRun:F0} pods a run, {figure.DroppedPercent:F1} % of them dropped; {figure.PodsPerSecond:F0} pods/s on one core
            """);
    }

    static void Line(string policy, string at100, string at130, string note = "") => Console.WriteLine($"  {policy,-12}{at100,10}{at130,10}{note}");

    static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}

/// <summary>Means over the seeds.</summary>
sealed record OpenbFigures(
    string Trace, double At100, double At130, double Least130, double Most130, double RejectionsPerPod, double PodsRejectedPercent, double RoundsPerPod,
    double MessagesPerPod, int Overcommits, double PodsPerRun, double DroppedPercent, double PodsPerSecond)
{
    public static OpenbFigures Of(string trace, OpenbRun[] runs, TimeSpan took)
    {
        double pods = runs.Sum(run => run.Pods);
        return new OpenbFigures(trace, Math.Round(runs.Average(run => run.At100), 2), Math.Round(runs.Average(run => run.At130), 2), runs.Min(run => run.At130), runs.Max(run => run.At130),
            Math.Round(runs.Sum(run => run.Rejections) / pods, 3), 100 * runs.Sum(run => run.PodsRejected) / pods, runs.Sum(run => run.Rounds) / pods,
            Math.Round(runs.Sum(run => run.Messages) / pods, 2), runs.Sum(run => run.Overcommits), pods / runs.Length,
            100 * runs.Sum(run => run.Dropped) / pods, pods / took.TotalSeconds);
    }
}
