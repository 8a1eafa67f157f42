using System.Diagnostics;
using System.Globalization;
using Gossip.Mutants;

// What the tests are worth: bugs are planted, one at a time, in copies of Gossip.Core; the simulator's runs and then the unit tests have to
// notice each.
//
//   dotnet run --project tests/Gossip.Mutants                  every mutant; writes bench/results/mutants.txt
//   … -- check                                                 only whether each still applies and compiles
//   … -- some TEXT                                             those with the text in their name or place
//   … -- eighth [1-8] [--within SECONDS]                       an eighth of them, by the day of the year unless it is named
//   … -- seeds FROM TO                                         the runs alone, on whatever Gossip.Core.dll is beside this program
if (args is ["seeds", var from, var to]) return RunSeeds(Number(from), Number(to));

var at = Array.IndexOf(args, "--within") + 1;
var within = at > 0 && at < args.Length ? TimeSpan.FromSeconds(Number(args[at])) : Timeout.InfiniteTimeSpan;
var root = FindRoot(AppContext.BaseDirectory);
var sources = new CoreSources(root);
if (!CheckAll()) return 1;
Mutant[] chosen = args switch
{
    ["check", ..] => [],
    ["some", var text, ..] => [.. AllMutants.List.Where(one => (one.Name + one.Where).Contains(text, StringComparison.OrdinalIgnoreCase))],
    ["eighth", ..] => [.. AllMutants.List.Where((_, index) => index % 8 == Eighth())],
    [] => AllMutants.List,
    _ => throw new ArgumentException("check, some TEXT, eighth [N], or nothing"),
};
if (chosen.Length == 0) return 0;
var place = Directory.CreateTempSubdirectory("gossip-mutants");
IReadOnlyList<Outcome> outcomes;
try
{
    outcomes = TryAll(place.FullName);
}
finally
{
    place.Delete(recursive: true);
}
var failed = outcomes.Count(outcome => outcome is { Caught: null, IsCut: false });
if (args.Length == 0) File.WriteAllText(Path.Combine(root, "bench", "results", "mutants.txt"), Report.Whole(outcomes));
return failed == 0 ? 0 : 1;

int Eighth() =>
    (args.Length > 1 && int.TryParse(args[1], CultureInfo.InvariantCulture, out var named) ? named - 1 : DateTime.UtcNow.DayOfYear) % 8;

bool CheckAll()
{
    var all = true;
    foreach (var mutant in AllMutants.List)
        try
        {
            sources.Apply(mutant);
        }
        catch (DoesNotApply gone)
        {
            all = false;
            Console.WriteLine($"DOES NOT APPLY: {mutant.Name}: {gone.Message}");
        }
    Console.WriteLine(all
        ? $"all {AllMutants.List.Length} mutants apply"
        : "mend the mutants above: the code that they break is another now");
    return all;
}

IReadOnlyList<Outcome> TryAll(string place)
{
    var clock = Stopwatch.StartNew();
    using var end = new CancellationTokenSource(within);
    var tests = Path.Combine(root, "tests");
    var workers = Math.Max(1, Environment.ProcessorCount);
    var sound = new Dictionary<int, bool>();
    using var plain = new Workshop(sources, tests, Path.Combine(place, "plain"));
    bool IsSound(int number)
    {
        lock (sound) return sound.TryGetValue(number, out var known) ? known : sound[number] = plain.IsSound(number);
    }
    var done = new Outcome?[chosen.Length];
    var next = -1;
    var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() =>
    {
        using var workshop = new Workshop(sources, tests, Path.Combine(place, worker.ToString(CultureInfo.InvariantCulture)));
        while (Interlocked.Increment(ref next) is var mine && mine < chosen.Length && !end.IsCancellationRequested)
        {
            try
            {
                done[mine] = workshop.Try(chosen[mine], Seeds.Most, IsSound, end.Token);
            }
            catch (DoesNotApply broken)
            {
                done[mine] = new Outcome(chosen[mine], null, null, TimeSpan.Zero);
                Console.WriteLine($"DOES NOT COMPILE: {broken.Message}");
            }
            Console.WriteLine(Report.Line(done[mine]!, withTime: true));
        }
    })).ToArray();
    foreach (var thread in threads) thread.Start();
    foreach (var thread in threads) thread.Join();
    Outcome[] tried = [.. done.OfType<Outcome>()];
    Console.WriteLine();
    foreach (var survivor in tried.Where(outcome => outcome is { Caught: null, IsCut: false }))
        Console.WriteLine($"NOT CAUGHT: {survivor.Mutant.Name}: {survivor.Mutant.Where}");
    var ended = tried.Count(outcome => !outcome.IsCut);
    if (ended < chosen.Length) Console.WriteLine($"the time was over: {ended} of {chosen.Length} were tried to their end");
    Console.WriteLine($"{Report.Sum(tried)}; {AllMutants.List.Length} in the list, all apply; {(int)clock.Elapsed.TotalSeconds} s");
    return tried;
}

static int RunSeeds(int from, int to)
{
    for (var number = from; number < to; number++)
    {
        var (name, broken) = Seeds.Run(number);
        Console.WriteLine($"{number.ToString(CultureInfo.InvariantCulture)}\t{broken}\t{name}");
        if (broken is not null) return 0;
    }
    return 0;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static string FindRoot(string from)
{
    var folder = from;
    while (!File.Exists(Path.Combine(folder, "Gossip.sln")))
        folder = Path.GetDirectoryName(folder.TrimEnd('/'))
            ?? throw new InvalidOperationException("run it from its place in the repository");
    return folder;
}
