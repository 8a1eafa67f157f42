using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Docker;

// Seeing into a pod: which container is meant, and what to say when it cannot be had.
public sealed partial class DockerRuntime
{
    readonly PodAccess access;

    /// <inheritdoc/>
    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        AnswerAsync(() => access.ReadLogsAsync(query.Previous ? FindPrevious(pod, container).Id : Find(pod, container).Id, query, output, cancel));

    /// <inheritdoc/>
    public async Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel)
    {
        var code = 0;
        await AnswerAsync(async () => code = await access.ExecAsync(FindRunning(pod, container).Id, command, console, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        return code;
    }

    /// <inheritdoc/>
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) =>
        AnswerAsync(() => access.AttachAsync(FindRunning(pod, container).Id, console, cancel));

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    /// <remarks>What the engine keeps of a container's output is not counted: it has a bound of its own.</remarks>
    public async Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel)
    {
        var room = DiskMeter.RoomOf(root);
        var sizes = room.IsLow || pods.Values.Any(pod => pod.Launch.Template.Containers.Any(container => container.Limits.Disk.Value > 0))
            ? await LayersAsync(cancel).ConfigureAwait(false)
            : [];
        var used = ImmutableArray.CreateBuilder<PodUse>();
        foreach (var (run, pod) in pods)
        {
            var processes = countsProcesses ? await ProcessesAsync(run, cancel).ConfigureAwait(false) : 0;
            used.Add(DiskMeter.Measure(run, pod.Folder, pod.Launch.Template, new Bytes(sizes.GetValueOrDefault(pod.Run)), processes));
        }
        return new RuntimeUse(room, used.DrainToImmutable());
    }

    /// <summary>What the containers of each pod wrote beside their images; empty while the engine is away.</summary>
    async Task<Dictionary<string, long>> LayersAsync(CancellationToken cancel)
    {
        Dictionary<string, long> sizes = new(StringComparer.Ordinal);
        try
        {
            foreach (var container in await engine.ListAsync(marks.Filter(), cancel, sizes: true).ConfigureAwait(false))
            {
                if (!marks.IsOurs(container)) continue;
                var pod = Marks.Label(container, Marks.PodLabel);
                sizes[pod] = sizes.GetValueOrDefault(pod) + (container.SizeRw ?? 0);
            }
        }
        catch (EngineFault)
        {
            // Its loss is told elsewhere.
        }
        return sizes;
    }

    async Task<int> ProcessesAsync(PodRun pod, CancellationToken cancel)
    {
        try
        {
            return (await UsageAsync(pod, cancel).ConfigureAwait(false)).Sum(container => container.Processes);
        }
        catch (PodAccessException)
        {
            return 0; // it went meanwhile
        }
    }

    /// <inheritdoc/>
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) =>
        AnswerAsync(() => access.CopyOutAsync(Find(pod, container).Id, path, tar, cancel));

    DockerPod FindPod(PodRun pod) => pods.TryGetValue(pod, out var found) ? found : throw new PodAccessException("the pod is not on this node (any more)");

    DockerContainer Find(PodRun pod, string container) => FindPod(pod).Find(container) ?? throw new PodAccessException(
        FindPod(pod).Launch.Template.Find(container) is null ? $"the pod has no container '{container}'" : $"container '{container}' has not started yet");

    DockerContainer FindRunning(PodRun pod, string container) => Find(pod, container) is { End: null } running
        ? running
        : throw new PodAccessException($"container '{container}' does not run; what it said is in its log");

    DockerContainer FindPrevious(PodRun pod, string container)
    {
        var now = Find(pod, container);
        return FindPod(pod).Previous(now.Name) ?? throw new PodAccessException($"container '{container}' has run once only: there is no earlier log");
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
