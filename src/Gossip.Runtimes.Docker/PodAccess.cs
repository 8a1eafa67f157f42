using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Docker;

/// <summary>Seeing into a pod: which container is meant, and what to say when it cannot be had.</summary>
/// <remarks>Errors: <see cref="PodAccessException"/>.</remarks>
sealed class PodAccess(ConcurrentDictionary<PodRun, DockerPod> pods, ContainerAccess access)
{
    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        AnswerAsync(() =>
        {
            var which = query.Previous ? FindPrevious(pod, container) : Find(pod, container);
            return access.ReadLogsAsync(which.Id, query, output, cancel);
        });

    public async Task<int> ExecAsync(
        PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel)
    {
        var code = 0;
        async Task Run() => code = await access.ExecAsync(FindRunning(pod, container).Id, command, console, cancel).ConfigureAwait(false);
        await AnswerAsync(Run).ConfigureAwait(false);
        return code;
    }

    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) =>
        AnswerAsync(() => access.AttachAsync(FindRunning(pod, container).Id, console, cancel));

    public async Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel)
    {
        ImmutableArray<ContainerUsage> usage = [];
        await AnswerAsync(async () => usage =
        [
            .. await Task.WhenAll(FindPod(pod).Containers().Where(container => container.End is null)
                .Select(container => access.UsageAsync(container.Id, container.Name, cancel))).ConfigureAwait(false),
        ]).ConfigureAwait(false);
        return usage;
    }

    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) =>
        AnswerAsync(() => access.CopyOutAsync(Find(pod, container).Id, path, tar, cancel));

    DockerPod FindPod(PodRun pod) =>
        pods.TryGetValue(pod, out var found) ? found : throw new PodAccessException("the pod is not on this node (any more)");

    DockerContainer Find(PodRun pod, string container) => FindPod(pod).Find(container) ?? throw new PodAccessException(
        FindPod(pod).Launch.Template.Find(container) is null
            ? $"the pod has no container '{container}'"
            : $"container '{container}' has not started yet");

    DockerContainer FindRunning(PodRun pod, string container) => Find(pod, container) is { End: null } running
        ? running
        : throw new PodAccessException($"container '{container}' does not run; what it said is in its log");

    DockerContainer FindPrevious(PodRun pod, string container)
    {
        var now = Find(pod, container);
        return FindPod(pod).Previous(now.Name)
            ?? throw new PodAccessException($"container '{container}' has run once only: there is no earlier log");
    }

    static async Task AnswerAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (EngineFault fault)
        {
            throw new PodAccessException(fault.Message);
        }
    }
}
