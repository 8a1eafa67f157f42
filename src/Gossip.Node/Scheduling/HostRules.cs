using System.Globalization;
using System.Threading.Channels;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;

namespace Gossip.Node.Scheduling;

/// <summary>
/// Asks the host app's filters and scores, one question after the other, away from the node's loop. A rule that throws,
/// takes too long or says what cannot be refuses the pod in its own name; every question is answered.
/// </summary>
sealed class HostRules
{
    readonly (string Name, HostRule<FilterVerdict> Rule)[] filters;
    readonly (string Name, int Weight, HostRule<int> Rule)[] scores;
    readonly TimeSpan within;
    readonly Action<HostAnswer> answer;
    readonly Channel<HostQuestion> questions = Channel.CreateUnbounded<HostQuestion>(new UnboundedChannelOptions { SingleReader = true }); // the core bounds them

    public HostRules(SchedulingOptions options, Action<HostAnswer> answer)
    {
        this.answer = answer;
        within = options.HostRuleWithin;
        filters = [.. options.Filters.Select(filter => (filter.Name, new HostRule<FilterVerdict>($"host filter {filter.Name}", (pod, node) => filter.Check(pod, node))))];
        scores = [.. options.Scores.Select(one => (one.Score.Name, one.Weight, new HostRule<int>($"host score {one.Score.Name}", (pod, node) => one.Score.Score(pod, node))))];
        if (filters.Length + scores.Length > 0) _ = RunAsync();
    }

    public void Ask(HostQuestion question) => questions.Writer.TryWrite(question);

    public void Stop() => questions.Writer.TryComplete();

    async Task RunAsync()
    {
        await foreach (var question in questions.Reader.ReadAllAsync().ConfigureAwait(false))
            answer(await JudgeAsync(question).ConfigureAwait(false));
    }

    async Task<HostAnswer> JudgeAsync(HostQuestion question)
    {
        foreach (var (name, rule) in filters)
        {
            var (said, fault) = await rule.AskAsync(question, within).ConfigureAwait(false);
            if (fault.Length > 0) return Failed(question, fault);
            if (said.Reason is { } reason) return new HostAnswer(question.Number, $"{name}: {reason}", 0, "", "");
        }
        var (sum, why) = (0, "");
        foreach (var (name, weight, rule) in scores)
        {
            var (said, fault) = await rule.AskAsync(question, within).ConfigureAwait(false);
            if (fault.Length == 0 && said is < 0 or > Scoring.Greatest)
                fault = string.Create(CultureInfo.InvariantCulture, $"host score {name} failed: {said} is not 0 to {Scoring.Greatest}");
            if (fault.Length > 0) return Failed(question, fault);
            sum += weight * said;
            why += string.Create(CultureInfo.InvariantCulture, $"{(why.Length == 0 ? "" : ", ")}{name} {said}");
        }
        return new HostAnswer(question.Number, null, sum, why, "");
    }

    static HostAnswer Failed(HostQuestion question, string fault) => new(question.Number, fault, 0, "", fault);
}
