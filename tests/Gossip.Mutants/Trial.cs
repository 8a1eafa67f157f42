using System.Diagnostics;
using System.Globalization;

namespace Gossip.Mutants;

/// <summary>How a mutant ended.</summary>
/// <param name="Caught">By which law, or which test; null when it survived everything.</param>
/// <param name="Runs">Of the simulator until then; null when a unit test caught it.</param>
internal sealed record Outcome(Mutant Mutant, string? Caught, int? Runs, TimeSpan Took)
{
    /// <summary>The time was over before anything caught it.</summary>
    public bool IsCut { get; init; }
}

/// <summary>
/// A place for one mutant at a time: copies of what the build made, in which only Gossip.Core is another. Whatever a mutant does (never
/// end, eat all memory) it does in a process of its own.
/// </summary>
internal sealed class Workshop : IDisposable
{
    const string Core = "Gossip.Core.dll";

    /// <summary>A run takes a second or less; one that is silent for so long hangs.</summary>
    static readonly TimeSpan HangsAfter = TimeSpan.FromSeconds(60);
    static readonly TimeSpan TestsWithin = TimeSpan.FromMinutes(4);

    readonly CoreSources sources;
    readonly string folder, simulator, coreTests, simulationTests;

    /// <param name="tests">The folder of the test projects, built.</param>
    public Workshop(CoreSources sources, string tests, string folder)
    {
        this.sources = sources;
        this.folder = folder;
        simulator = Copy(AppContext.BaseDirectory, "simulator");
        var output = Path.GetRelativePath(Path.Combine(tests, "Gossip.Mutants"), AppContext.BaseDirectory);
        coreTests = Copy(Path.Combine(tests, "Gossip.Core.Tests", output), "core-tests");
        simulationTests = Copy(Path.Combine(tests, "Gossip.Simulation.Tests", output), "simulation-tests");
    }

    public Outcome Try(Mutant mutant, int runs, Func<int, bool> isSound, CancellationToken end)
    {
        var clock = Stopwatch.StartNew();
        Put(mutant);
        Outcome As(string? caught, int? after) =>
            new(mutant, caught, after, clock.Elapsed) { IsCut = caught is null && end.IsCancellationRequested };
        var from = 0;
        while (from < runs && RunSeeds(from, runs, end) is { } broken)
        {
            if (isSound(broken.Number)) return As($"{broken.Rule} ({broken.Name})", broken.Number + 1);
            from = broken.Number + 1; // breaks without the mutant as well, and shows nothing
        }
        var test = RunTests(coreTests, "Gossip.Core.Tests", mutant.NearTests + "*", end)
            ?? RunTests(coreTests, "Gossip.Core.Tests", null, end)
            ?? RunTests(simulationTests, "Gossip.Simulation.Tests", null, end);
        return As(test, null);
    }

    /// <summary>Whether a run is green without any mutant.</summary>
    public bool IsSound(int number)
    {
        Put(null);
        return RunSeeds(number, number + 1, CancellationToken.None) is null;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void Put(Mutant? mutant)
    {
        var made = Path.Combine(folder, Core);
        sources.Compile(mutant, made);
        foreach (var place in (string[])[simulator, coreTests, simulationTests])
            File.Copy(made, Path.Combine(place, Core), overwrite: true);
    }

    /// <summary>The first run that broke a rule, ended in an exception or never ended; null when all are green.</summary>
    (int Number, string Rule, string Name)? RunSeeds(int from, int to, CancellationToken end)
    {
        var (number, name) = (from - 1, "the first run");
        (int, string, string)? found = null;
        var isWhole = Run(simulator, "Gossip.Mutants", ["seeds", Say(from), Say(to)], HangsAfter, eachLine: true, end, line =>
        {
            var parts = line.Split('\t');
            if (parts.Length != 3) return;
            (number, name) = (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[2]);
            if (parts[1].Length > 0) found = (number, parts[1], name);
        });
        if (found is not null || isWhole == Ended.Well || end.IsCancellationRequested) return found;
        return (Math.Min(number + 1, to - 1), isWhole == Ended.Hung ? "never ends" : "the process dies", "after " + name);
    }

    /// <summary>The first test that fails; null when all are green.</summary>
    string? RunTests(string place, string assembly, string? @namespace, CancellationToken end)
    {
        string? failed = null;
        string[] only = @namespace is null ? [] : ["-namespace", @namespace];
        var how = Run(place, assembly, ["-noColor", "-noLogo", "-stopOnFail", .. only], TestsWithin, eachLine: false, end, line =>
        {
            if (failed is null && line.EndsWith("[FAIL]", StringComparison.Ordinal)) failed = line[..^6].Trim();
        });
        if (failed is not null || end.IsCancellationRequested || how == Ended.Well) return failed;
        return $"{assembly} {(how == Ended.Hung ? "never ends" : "fails")}";
    }

    enum Ended { Well, Badly, Hung }

    /// <param name="eachLine">The time is counted from the last line that it wrote, not from its start.</param>
    static Ended Run(
        string place, string assembly, string[] arguments, TimeSpan within, bool eachLine, CancellationToken end, Action<string> heard)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(place, assembly + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(end);
        silence.CancelAfter(within);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            heard(line.Data);
            if (eachLine && !silence.IsCancellationRequested) silence.CancelAfter(within);
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            process.WaitForExitAsync(silence.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return Ended.Hung;
        }
        process.WaitForExit(); // until every line was heard
        return process.ExitCode == 0 ? Ended.Well : Ended.Badly;
    }

    string Copy(string from, string name)
    {
        if (!Directory.Exists(from)) throw new InvalidOperationException($"build the solution first: there is no {from}");
        var to = Path.Combine(folder, name);
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy, overwrite: true);
        }
        return to;
    }

    static string Say(int number) => number.ToString(CultureInfo.InvariantCulture);
}
