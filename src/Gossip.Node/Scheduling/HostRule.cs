using System.Globalization;
using Gossip.Core.Scheduling;
using Gossip.Core.Templates;

namespace Gossip.Node.Scheduling;

/// <summary>
/// One rule of the host app, called on a thread of its own a call: one that never returns holds that thread and no other. It
/// is not called again before it did return, so no more than one of its calls ever runs.
/// </summary>
/// <param name="named">For people: <c>host filter disk-quota</c>.</param>
sealed class HostRule<T>(string named, Func<PodTemplate, NodeFacts, T> call)
{
    Task<T>? running;
    long since;

    /// <returns>What it said, or what is wrong with it.</returns>
    public async Task<(T? Said, string Fault)> AskAsync(HostQuestion question, TimeSpan within)
    {
        if (running is { IsCompleted: false })
            return (default, string.Create(CultureInfo.InvariantCulture, $"{named} has not returned for {(Environment.TickCount64 - since) / 1000} s"));
        since = Environment.TickCount64;
        running = Task.Factory.StartNew(() => call(question.Pod, question.Node), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (await Task.WhenAny(running, Task.Delay(within)).ConfigureAwait(false) != running)
        {
            _ = running.ContinueWith(static late => late.Exception, TaskScheduler.Default); // whatever it may still say
            return (default, string.Create(CultureInfo.InvariantCulture, $"{named} took longer than {within.TotalMilliseconds} ms"));
        }
        try
        {
            return (await running.ConfigureAwait(false), "");
        }
        catch (Exception thrown)
        {
            return (default, $"{named} failed: {thrown.Message}");
        }
    }
}
