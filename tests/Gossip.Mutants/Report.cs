using System.Globalization;
using System.Text;

namespace Gossip.Mutants;

/// <summary>The table: mutant, by which law or test, after how many runs.</summary>
internal static class Report
{
    public static string Line(Outcome outcome, bool withTime = false)
    {
        var by = outcome.Caught ?? (outcome.IsCut ? "no time left" : "NOT CAUGHT");
        var after = outcome.Runs is { } runs ? runs.ToString(CultureInfo.InvariantCulture) : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"{outcome.Mutant.Layer,-12} {outcome.Mutant.Name,-64} {after,4}  {by}");
        return withTime ? $"{line}  [{(int)outcome.Took.TotalSeconds} s]" : line;
    }

    public static string Sum(IReadOnlyCollection<Outcome> outcomes)
    {
        var caught = outcomes.Where(outcome => outcome.Caught is not null).ToArray();
        var simulated = caught.Count(outcome => outcome.Runs is not null);
        return string.Create(CultureInfo.InvariantCulture,
            $"{caught.Length} of {outcomes.Count} mutants caught, {simulated} by the simulator, {caught.Length - simulated} by unit tests");
    }

    public static string Whole(IReadOnlyCollection<Outcome> outcomes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"layer",-12} {"mutant",-64} runs  caught by\n");
        foreach (var outcome in outcomes) text.Append(Line(outcome).TrimEnd()).Append('\n');
        return text.Append('\n').Append(Sum(outcomes)).Append('\n').ToString();
    }
}
