using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>Starts and ends the containers of prepared pods, and reports how they ended.</summary>
sealed class ContainerLives(ProcessContext context)
{
    /// <inheritdoc cref="IPodRuntime.StartContainerAsync"/>
    public async Task StartAsync(PodRun run, ContainerStart asked, CancellationToken cancel)
    {
        var (container, attempt) = (asked.Container, asked.Attempt);
        try
        {
            if (!context.Pods.TryGetValue(run, out var pod))
                throw new StartError(StartError.Invalid, "the pod is not prepared on this node");
            var spec = pod.Launch.Template.Find(container)
                ?? throw new StartError(StartError.Invalid, $"the pod has no container '{container}'");
            if (pod.Find(container) is { } last && (last.Exit is null || last.Attempt >= attempt))
            {
                RepeatNews(run, last);
                return;
            }
            if (spec.Command.IsDefaultOrEmpty)
            {
                throw new StartError(StartError.Invalid, $"container '{container}' names an image but no command, and the process runtime "
                    + "runs programs of the node itself: give it a `command`, or take `runtimeClassName: process` out for a node with a "
                    + "container engine");
            }
            pod.Put(await StartInTurnAsync(pod, spec, asked).ConfigureAwait(false));
            context.Reports.Report(new ContainerStarted(run, container, attempt, pod.Find(container)!.StartedAt));
            Follow(run, pod.Find(container)!);
        }
        catch (StartError error)
        {
            context.Reports.Report(
                new ContainerExited(run, container, attempt, error.ExitCode, StartError.Reason, error.Message, RuntimeNews.Now()));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or VolumeError)
        {
            context.Reports.Report( // disk full …
                new ContainerNotStarted(run, container, attempt, "CreateContainerError", fault.Message, RuntimeNews.Now()));
        }
    }

    async Task<ContainerProcess> StartInTurnAsync(ProcessPod pod, ContainerSpec spec, ContainerStart asked)
    {
        await context.Turns.WaitAsync().ConfigureAwait(false);
        try
        {
            return await StartNowAsync(pod, spec, asked).ConfigureAwait(false);
        }
        finally
        {
            context.Turns.Release();
        }
    }

    async Task<ContainerProcess> StartNowAsync(ProcessPod pod, ContainerSpec spec, ContainerStart asked)
    {
        var folder = ContainerFolder.Of(pod.Folder, spec.Name);
        folder.Begin();
        var log = new ContainerLog(folder.LogPath, folder.TimesPath, context.Options.LogLimit);
        try
        {
            context.Logs.Add(log);
            var group = context.GroupOf(pod, spec.Name);
            if (group is null) await PlainContainer.StartAsync(asked, spec, folder, pod.Volumes, PodLease.Of(pod)).ConfigureAwait(false);
            else await IsolatedContainer.StartAsync(asked, spec, folder, pod, pod.Sandbox!, group, context.Hidden).ConfigureAwait(false);
            var start = folder.ReadStart();
            Check.That(start?.Process is not null); // the shell said that it wrote it
            return new ContainerProcess(spec.Name, asked.Attempt, start.At, folder, start.Process, group, log);
        }
        catch
        {
            context.Logs.Remove(log);
            throw;
        }
    }

    /// <inheritdoc cref="IPodRuntime.StopContainerAsync"/>
    public async Task StopAsync(PodRun run, string container, int attempt, TimeSpan grace, CancellationToken cancel)
    {
        if (context.Pods.TryGetValue(run, out var pod) && pod.Find(container) is { Exit: null } running && running.Attempt == attempt)
            await EndAsync(pod, [running], grace, cancel).ConfigureAwait(false);
    }

    /// <summary>Reports the end of a container once it ends.</summary>
    public void Follow(PodRun run, ContainerProcess container) => _ = FollowAsync(run, container);

    async Task FollowAsync(PodRun run, ContainerProcess container)
    {
        try
        {
            var exit = await container.EndAsync(context.Watcher, context.Logs).ConfigureAwait(false);
            context.Reports.Report(ExitOf(run, container, exit));
            container.MarkReported();
        }
        catch (OperationCanceledException)
        {
            // The runtime is disposed; the container goes on, and the next life of the node sees it.
        }
    }

    /// <summary>Asks, waits for the grace, kills, and returns when the ends were reported.</summary>
    public async Task EndAsync(ProcessPod pod, ContainerProcess[] containers, TimeSpan grace, CancellationToken cancel)
    {
        var running = Array.FindAll(containers, container => !container.Reported.IsCompleted);
        if (running.Length == 0) return;
        var ends = Task.WhenAll(running.Select(container => container.Reported));
        if (grace > TimeSpan.Zero)
        {
            foreach (var container in running) container.Terminate();
            try
            {
                await ends.WaitAsync(grace, cancel).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // The grace is over.
            }
        }
        foreach (var container in running)
        {
            if (!await container.KillAsync(context.Watcher).ConfigureAwait(false))
                context.Reports.Note(NoteLevel.Warning, "ContainerNotKillable", pod.Launch.Name, $"'{container.Name}' hangs in the kernel");
        }
        await ends.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A command that was already obeyed is answered once more.</summary>
    void RepeatNews(PodRun run, ContainerProcess container) => context.Reports.Report(container.Exit is { } exit
        ? ExitOf(run, container, exit)
        : new ContainerStarted(run, container.Name, container.Attempt, container.StartedAt));

    static ContainerExited ExitOf(PodRun run, ContainerProcess container, RecordedExit exit) => new(
        run, container.Name, container.Attempt, exit.Code,
        ReasonOf(container),
        exit.Code > 128 ? $"ended by signal {exit.Code - 128}" : "",
        exit.At);

    /// <summary>Why it ended, in the word of Kubernetes.</summary>
    public static string ReasonOf(ContainerProcess container) =>
        container.Exit?.Code == 0 ? "Completed" : container.IsOutOfMemory ? "OOMKilled" : "Error";
}
