using System.Globalization;
using Gossip.Cli.Client;
using Gossip.Cli.Display;
using Gossip.Cli.Verbs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gossip.Cli.Demo;

/// <summary>What the person sees: a live table where there is a terminal, plain lines elsewhere, nothing for machines.</summary>
sealed class DemoScreen(bool quiet)
{
    readonly bool live = !quiet && Screen.IsLive;
    readonly List<DemoStep> told = [];
    readonly Lock gate = new();
    IReadOnlyList<MemberInfo> members = [];
    IReadOnlyList<DemoPod> pods = [];
    string now = "";

    public void Doing(string what)
    {
        lock (gate) now = what;
        if (!quiet && !live) Output.Line($"… {what}");
    }

    public void Done(DemoStep step)
    {
        lock (gate) told.Add(step);
        if (!quiet && !live) Output.Line($"{(step.Held ? "ok  " : "FAIL")} {step.What}: {step.Seen}");
    }

    public void Show(IReadOnlyList<MemberInfo> seenMembers, IReadOnlyList<DemoPod> seenPods)
    {
        lock (gate) (members, pods) = (seenMembers, seenPods);
    }

    /// <summary>Runs the script while the tables refresh four times a second.</summary>
    public async Task<T> DuringAsync<T>(Func<Task<T>> script)
    {
        if (!live) return await script();
        return await new LiveDisplay(Screen.Console, new Text("")).StartAsync(async context =>
        {
            var running = script();
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, tick.WaitForNextTickAsync().AsTask());
                context.UpdateTarget(Render());
            }
            return await running;
        });
    }

    public void Report(DemoReport report)
    {
        if (quiet) return;
        var table = new TextTable("MEASURED", "SECONDS", "AIM");
        foreach (var figure in report.Figures)
            table.Add(
                figure.Name,
                new Cell(figure.Seconds.ToString("0.00", CultureInfo.InvariantCulture), figure.Met ? Tone.Good : Tone.Waiting),
                $"≤ {figure.Aim.ToString("0.##", CultureInfo.InvariantCulture)}");
        Screen.Draw(table.Draw());
        if (report.Failure is { } failure) Output.Line(failure);
        Output.Line(report.Held ? "Every step held." : "Not every step held.");
    }

    internal IRenderable Render()
    {
        lock (gate)
        {
            var parts = new List<IRenderable>();
            parts.AddRange(told.Select(step => TextTable.Line(
                new Cell(step.Held ? "✓ " : "✗ ", step.Held ? Tone.Good : Tone.Bad), $"{step.What} ", new Cell(step.Seen, Tone.Quiet))));
            parts.Add(TextTable.Line(new Cell("… ", Tone.Busy), now));
            parts.Add(new Text(""));
            parts.Add(MembersVerb.Table(members).Draw());
            parts.Add(new Text(""));
            parts.Add(PodTable().Draw());
            return new Rows(parts);
        }
    }

    TextTable PodTable()
    {
        var table = new TextTable("POD", "STATE", "NODE", "ADDRESS");
        var burst = pods.Where(pod => pod.Name.StartsWith("burst-", StringComparison.Ordinal)).ToList();
        foreach (var pod in pods.Except(burst)) table.Add(pod.Name, State(pod), pod.Node, pod.Ip);
        if (burst.Count > 0) table.Add($"burst-… × {burst.Count}", new Cell($"{burst.Count(pod => pod.Ready)} Running", Tone.Good), "", "");
        return table;
    }

    static Cell State(DemoPod pod) =>
        pod.Ready ? new Cell("Running", Tone.Good)
        : new Cell(pod.Phase, pod.Phase == "Pending" && pod.Node.Length == 0 ? Tone.Waiting : Tone.Plain);
}
