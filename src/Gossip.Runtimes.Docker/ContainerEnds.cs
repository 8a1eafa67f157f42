using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// Finds out how containers ended, and reports it once: events, comparisons and failed signals may all tell of one end.
/// </summary>
/// <param name="stop">The runtime's end, after which nothing is looked up.</param>
sealed class ContainerEnds(Engine engine, RuntimeNews reports, CancellationToken stop)
{
    /// <summary>Something says that it ended: see, and report it.</summary>
    public async Task LookAsync(DockerPod pod, DockerContainer container)
    {
        if (!container.BeginLooking()) return;
        do
        {
            try
            {
                await container.Announced.WaitAsync(stop).ConfigureAwait(false);
                if (container.End is not null) continue;
                if (await ReadEndAsync(container).ConfigureAwait(false) is not { } end) continue;
                container.Conclude(end);
                reports.Report(ExitOf(pod.Launch.Pod, container, end));
                container.MarkEnded();
            }
            catch (Exception fault) when (fault is EngineFault or OperationCanceledException)
            {
                // The comparison when it answers again will show it.
            }
        }
        while (container.LookAgain());
    }

    async Task<ContainerEnd?> ReadEndAsync(DockerContainer container)
    {
        try
        {
            var found = await engine.InspectAsync(container.Id, stop).ConfigureAwait(false);
            return found.IsRunning ? null : End(found);
        }
        catch (EngineFault gone) when (gone.IsNotFound)
        {
            return new ContainerEnd(
                ContainerEnd.KilledCode, ContainerEnd.Failed, "somebody else removed the container from the engine", RuntimeNews.Now());
        }
    }

    public async Task CheckPauseAsync(DockerPod pod)
    {
        try
        {
            if (pod.IsEnding || pod.Pause.Length == 0) return;
            if ((await engine.InspectAsync(pod.Pause, stop).ConfigureAwait(false)).IsRunning) return;
        }
        catch (EngineFault fault) when (!fault.IsNotFound)
        {
            return;
        }
        catch (Exception gone) when (gone is EngineFault or OperationCanceledException)
        {
            if (stop.IsCancellationRequested) return;
        }
        Fail(pod, "SandboxChanged", "the container that holds the pod's network is gone");
    }

    void Fail(DockerPod pod, string reason, string message)
    {
        if (pod.IsEnding) return;
        pod.IsEnding = true;
        reports.Report(new PodFailed(pod.Launch.Pod, reason, message));
    }

    public static ContainerExited ExitOf(PodRun run, DockerContainer container, ContainerEnd end) =>
        new(run, container.Name, container.Attempt, end.Code, end.Reason, end.Message, end.At);

    public static ContainerEnd End(ContainerFacts found) =>
        (found is { IsOomKilled: false, ExitCode: ContainerEnd.KilledCode } && KernelLog.TellsOfOutOfMemory(found.Id)
            ? found with { IsOomKilled = true }
            : found).End();

    /// <summary>Keeps what the engine says of a running container.</summary>
    public static void Learn(DockerContainer container, ContainerFacts found)
    {
        container.StartedAt = found.StartedAt;
        container.StopSignal = found.StopSignal;
    }
}
