using System.Globalization;
using Gossip.Cli.Client;
using Gossip.Cli.Verbs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gossip.Cli.Demo;

/// <summary>What the person sees: a live table where there is a terminal, plain lines elsewhere, nothing for machines.</summary>
sealed class DemoScreen(bool quiet)
{
    readonly bool live = !quiet && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
    readonly List<string> told = [];
    readonly Lock gate = new();
    IReadOnlyList<MemberInfo> members = [];
    IReadOnlyList<DemoPod> pods = [];
    string now = "";

    public void Doing(string what)
    {
        lock (gate) now = what;
        if (!quiet && !live) Console.WriteLine($"… {what}");
    }

    public void Done(DemoStep step)
    {
        lock (gate) told.Add($"[{(step.Held ? "green" : "red")}]{(step.Held ? "✓" : "✗")}[/] {Markup.Escape(step.What)} [grey]{Markup.Escape(step.Seen)}[/]");
        if (!quiet && !live) Console.WriteLine($"{(step.Held ? "ok  " : "FAIL")} {step.What}: {step.Seen}");
    }

    public void Show(IReadOnlyList<MemberInfo> seenMembers, IReadOnlyList<DemoPod> seenPods)
    {
        lock (gate) (members, pods) = (seenMembers, seenPods);
    }

    /// <summary>Runs the script while the tables refresh four times a second.</summary>
    public async Task<T> DuringAsync<T>(Func<Task<T>> script)
    {
        if (!live) return await script();
        return await AnsiConsole.Live(new Markup("")).AutoClear(false).StartAsync(async context =>
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
        var table = new Table().Border(TableBorder.Simple).AddColumn("measured").AddColumn(new TableColumn("seconds").RightAligned()).AddColumn(new TableColumn("aim").RightAligned());
        foreach (var figure in report.Figures)
            table.AddRow(
                Markup.Escape(figure.Name),
                $"[{(figure.Met ? "green" : "yellow")}]{figure.Seconds.ToString("0.00", CultureInfo.InvariantCulture)}[/]",
                $"≤ {figure.Aim.ToString("0.##", CultureInfo.InvariantCulture)}");
        AnsiConsole.Write(table);
        if (report.Failure is { } failure) AnsiConsole.MarkupLineInterpolated($"[red]{failure}[/]");
        AnsiConsole.MarkupLine(report.Held ? "[green]Every step held.[/]" : "[red]Not every step held.[/]");
    }

    IRenderable Render()
    {
        lock (gate)
        {
            var parts = new List<IRenderable>();
            parts.AddRange(told.Select(line => new Markup(line)));
            parts.Add(new Markup($"[blue]…[/] {Markup.Escape(now)}"));
            parts.Add(new Text(""));
            parts.Add(MembersVerb.Table(members));
            parts.Add(new Text(""));
            parts.Add(PodTable());
            return new Rows(parts);
        }
    }

    Table PodTable()
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in (string[])["POD", "STATE", "NODE", "ADDRESS"]) table.AddColumn(column);
        foreach (var pod in pods.Where(pod => !pod.Name.StartsWith("burst-", StringComparison.Ordinal)))
            table.AddRow(
                Markup.Escape(pod.Name),
                pod.Ready ? "[green]Running[/]" : pod.Phase == "Pending" && pod.Node.Length == 0 ? "[yellow]Pending[/]" : Markup.Escape(pod.Phase),
                Markup.Escape(pod.Node), pod.Ip);
        var burst = pods.Where(pod => pod.Name.StartsWith("burst-", StringComparison.Ordinal)).ToList();
        if (burst.Count > 0) table.AddRow($"burst-… × {burst.Count}", $"[green]{burst.Count(pod => pod.Ready)} Running[/]", "", "");
        return table;
    }
}
