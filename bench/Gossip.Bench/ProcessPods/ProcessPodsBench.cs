using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gossip.Runtimes.Processes;

namespace Gossip.Bench.ProcessPods;

/// <summary>
/// What process pods cost, plain and isolated (as root): the runtime on its own for the start of a pod, the end within its
/// grace and a followed log; a real node for a hundred pods at once. Linux only. Answers 1 when an aim is missed.
/// </summary>
static class ProcessPodsBench
{
    public static Command Create()
    {
        var json = Options.Json();
        var command = new Command("processpods", "What process pods cost, plain and isolated") { json };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(json)));
        return command;
    }

    static async Task<int> RunAsync(bool asJson)
    {
        var figures = new List<Figure>();
        foreach (var isolation in (ProcessIsolation[])[ProcessIsolation.None, ProcessIsolation.Namespaces])
            if (ProcessRuntime.Obstacle(isolation) is { } obstacle) Console.Error.WriteLine($"{isolation}: not measured: {obstacle}");
            else figures.AddRange(await MeasureAsync(isolation));
        if (asJson) Console.WriteLine(JsonSerializer.Serialize(figures, Json));
        else Print(figures);
        return figures.All(figure => figure.MeetsAim) ? 0 : 1;
    }

    static async Task<List<Figure>> MeasureAsync(ProcessIsolation isolation)
    {
        var figures = new List<Figure>();
        await using (var one = new RuntimeUnderTest(isolation))
        {
            await one.BeginAsync();
            var starts = await one.StartsAsync(pods: 40);
            Add("pod start, median", Median(starts), 50, "ms");
            Add("pod start, slowest of 40", starts.Max(), null, "ms");
            Add("stop, furthest from its grace of 1 s", await one.GraceAsync(times: 5), 500, "ms");
            var (watched, followed) = await one.FollowAsync();
            Add("10,000 lines/s, watched", watched, null, "% of a core");
            Add("10,000 lines/s, followed", followed, 5, "% of a core");
        }
        var (seconds, megabytes) = await HundredPods.MeasureAsync(isolation);
        Add("100 pods on one node", seconds, 10, "s");
        Add("memory of its node above idle", megabytes, 10, "MB");
        return figures;

        void Add(string what, double measured, double? atMost, string unit) => figures.Add(new Figure(isolation.ToString(), what, Math.Round(measured, 2), atMost, unit));
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    static void Print(List<Figure> figures)
    {
        foreach (var figure in figures)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{figure.Isolation,-11} {figure.What,-38} {figure.Measured,9:F2} {figure.Unit,-12} {(figure.AtMost is { } most ? $"at most {most}" : ""),-12} {(figure.MeetsAim ? "" : "MISSED")}"));
    }

    sealed record Figure(string Isolation, string What, double Measured, double? AtMost, string Unit)
    {
        public bool MeetsAim => AtMost is null || Measured <= AtMost;
    }
}
