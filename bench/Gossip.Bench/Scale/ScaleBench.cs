using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gossip.Core.Membership;

namespace Gossip.Bench.Scale;

/// <summary>Large clusters under virtual time.</summary>
static class ScaleBench
{
    const string Big = "big-burst";

    public static Command Create()
    {
        var nodes = new Option<int>("--nodes") { Description = "Of the cluster", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "What all that is random is drawn from", DefaultValueFactory = _ => 1 };
        var only = new Option<string?>("--only") { Description = $"This one only; {Big} is run by name alone" }.AcceptOnlyFromAmong("single", "burst", "loss", "split", Big);
        var pods = new Option<int>("--pods") { Description = $"Of {Big}", DefaultValueFactory = _ => 100_000 };
        var (json, plot) = (Options.Json(), Options.Plot());
        var command = new Command("scale", "What a large cluster does under virtual time: one pod, a burst, a lost machine, a healed split") { nodes, seed, only, pods, json, plot };
        command.SetAction(parsed => Run(parsed.GetValue(nodes), parsed.GetValue(seed), parsed.GetValue(only), parsed.GetValue(pods), parsed.GetValue(json), parsed.GetValue(plot)));
        return command;
    }

    static int Run(int nodes, ulong seed, string? only, int pods, bool asJson, string? plot)
    {
        if (only != Big) Console.WriteLine("Every node is a whole NodeMachine with its own tables, members and runtime, under virtual time, gossiping every 200 ms. They know each other from the start, share immutable objects, note no events, and their disks take time and keep nothing.");
        var figures = new List<ScaleFigure>();
        foreach (var (name, run) in (ReadOnlySpan<(string, Func<int, ulong, IEnumerable<ScaleFigure>>)>)[("single", Single), ("burst", Burst), ("loss", Loss), ("split", Split), (Big, (many, drawn) => BigBurst.Run(many, drawn, pods))])
        {
            if (only is not null ? only != name : name == Big) continue; // that one wants another number of nodes
            foreach (var figure in run(nodes, seed))
            {
                figures.Add(figure);
                Console.WriteLine(figure);
                if (asJson) Console.WriteLine(JsonSerializer.Serialize(figure, JsonSerializerOptions.Web));
            }
        }
        if (plot is not null && figures.Count > 0) File.WriteAllText(plot, ScalePlot.Draw(figures));
        return 0;
    }

    static IEnumerable<ScaleFigure> Single(int nodes, ulong seed)
    {
        const int Pods = 200;
        var trial = new Trial(nodes, seed, NodeTimings.Lan, 20);
        for (var i = 0; i < Pods; i++) trial.World.After(TimeSpan.FromMilliseconds(i * 97), () => trial.Create(1));
        trial.RunUntil(() => trial.Admissions.At.Count == Pods, 120);
        var took = trial.Admissions.At.Select(admitted => admitted.Value - trial.Asked[admitted.Key.Workload]).Order().ToArray();
        return
        [
            ScaleFigure.Of("one pod placed, p50", nodes, seed, took[Pods / 2], trial, 0),
            ScaleFigure.Of("one pod placed, p99", nodes, seed, took[Pods * 99 / 100], trial, 2),
        ];
    }

    static IEnumerable<ScaleFigure> Burst(int nodes, ulong seed)
    {
        var trial = new Trial(nodes, seed, NodeTimings.Lan, 20);
        var from = trial.Now;
        trial.Create(1000);
        trial.RunUntil(() => trial.Admissions.At.Count >= 1000, 120);
        return [ScaleFigure.Of("burst of 1,000 admitted", nodes, seed, trial.Now - from, trial, 5)];
    }

    static IEnumerable<ScaleFigure> Loss(int nodes, ulong seed)
    {
        yield return Lose(nodes, seed, "by default", NodeTimings.Lan, 15);
        yield return Lose(nodes, seed, "tuned", Tuned, 5);
    }

    static ScaleFigure Lose(int nodes, ulong seed, string name, NodeTimings timings, double aim)
    {
        var trial = new Trial(nodes, seed, timings, 20);
        trial.Create(nodes);
        trial.RunUntil(() => trial.Admissions.At.Count >= nodes, 120);
        trial.RunFor(TimeSpan.FromSeconds(5));
        var lost = trial.World.Nodes.MaxBy(node => node.Runtime.Pods.Count)!;
        var pods = lost.Runtime.Pods.Keys.Select(run => run.Pod).ToArray();
        var from = trial.Now;
        lost.LosePower();
        trial.RunUntil(() => pods.All(pod => trial.Admissions.At[pod] > from), 120);
        var last = pods.Max(pod => trial.Admissions.At[pod]) - from;
        var seen = trial.Admissions;
        return ScaleFigure.Of(string.Create(CultureInfo.InvariantCulture, $"machine lost, its {pods.Length} pods admitted elsewhere, {name} (suspected after {(seen.FirstSuspicion - from)?.TotalSeconds:F1} s, dead after {(seen.FirstDeath - from)?.TotalSeconds:F1} s, {seen.FalseDeaths} false deaths)"), nodes, seed, last, trial, aim);
    }

    static IEnumerable<ScaleFigure> Split(int nodes, ulong seed)
    {
        var trial = new Trial(nodes, seed, NodeTimings.Lan, 20);
        trial.Create(nodes);
        trial.RunUntil(() => trial.Running >= nodes, 120);
        trial.Admissions.DeathsAreMeant = true;
        trial.Cut(true);
        trial.RunUntil(() => trial.Running >= 2 * nodes, 120);
        var most = trial.Running;
        trial.RunFor(TimeSpan.FromSeconds(5));
        trial.Cut(false);
        var from = trial.Now;
        trial.RunUntil(() => trial.Running == nodes, 300);
        return [ScaleFigure.Of(string.Create(CultureInfo.InvariantCulture, $"50/50 split with {most} copies healed to exactly {nodes}"), nodes, seed, trial.Now - from, trial, 10)];
    }

    /// <summary>Loss found sooner: for networks whose round trips stay well below the probe's timeout.</summary>
    static readonly NodeTimings Tuned = NodeTimings.Lan with
    {
        ProbeInterval = TimeSpan.FromMilliseconds(250),
        ProbeTimeout = TimeSpan.FromMilliseconds(100),
        LossGrace = TimeSpan.FromMilliseconds(500),
    };
}

/// <param name="Seconds">Virtual.</param>
/// <param name="AimSeconds">0: reported only.</param>
/// <param name="PeakMegabytes">Resident, of this process so far.</param>
sealed record ScaleFigure(string What, int Nodes, ulong Seed, double Seconds, double AimSeconds, long Events, double WallSeconds, long PeakMegabytes)
{
    public static ScaleFigure Of(string what, int nodes, ulong seed, TimeSpan took, Trial trial, double aim) =>
        Of(what, nodes, seed, took, trial.World.Events, trial.Wall, aim);

    public static ScaleFigure Of(string what, int nodes, ulong seed, TimeSpan took, long events, TimeSpan wall, double aim) =>
        new(what, nodes, seed, Math.Round(took.TotalSeconds, 3), aim, events, Math.Round(wall.TotalSeconds, 1), Process.GetCurrentProcess().PeakWorkingSet64 >> 20);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{What}: {Seconds:F2} s{(AimSeconds > 0 ? $" (aim {AimSeconds:F0} s: {(Seconds <= AimSeconds ? "met" : "missed")})" : "")}, {Nodes} nodes, seed {Seed}, {Events} events, {WallSeconds:F0} s of wall time, {PeakMegabytes} MB at most");
}
