using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// Runs pods on a Docker Engine, or on Podman's Docker-compatible socket. A pause container holds the pod's network,
/// host ports and IPC, and every other container of the pod joins it. What should run is the core's to say and what runs
/// is the engine's to know: this keeps little more than the pods' folders and follows the engine's events.
/// </summary>
/// <remarks>Disposing it leaves the pods running, as does the death of the node. See <c>docs/docker-runtime.md</c>.</remarks>
public sealed class DockerRuntime : IPodRuntime
{
    readonly DockerRuntimeOptions options;
    readonly string root;
    readonly ContainerLabels labels;
    readonly Engine engine;
    readonly ConcurrentDictionary<PodRun, DockerPod> pods = new();
    readonly CancellationTokenSource stop = new();
    readonly RuntimeNews reports;
    readonly ContainerEnds ends;
    readonly EngineWatch watch;
    readonly PodAccess access;
    readonly PodUseMeter meter;
    bool hasPauseImage;

    /// <summary>Asks the engine nothing yet: one that is away is reported when the node starts.</summary>
    public DockerRuntime(DockerRuntimeOptions options)
    {
        this.options = options;
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        labels = new ContainerLabels(options.Node.Value.ToString("x16", CultureInfo.InvariantCulture), root);
        engine = new Engine(options.Endpoint);
        reports = new RuntimeNews(options.Note);
        ends = new ContainerEnds(engine, reports, stop.Token);
        watch = new EngineWatch(options, root, engine, labels, pods, reports, ends, stop.Token);
        access = new PodAccess(pods, new ContainerAccess(engine));
        meter = new PodUseMeter(root, engine, labels, pods, access);
    }

    /// <summary>For <c>GossipOptions.Runtimes</c>: runs pods on a Docker Engine. Several nodes may share one.</summary>
    /// <param name="endpoint">Where it answers: <c>unix:///var/run/docker.sock</c>, <c>tcp://…</c></param>
    public static Func<RuntimeFacts, IPodRuntime?> At(Uri endpoint) => At(endpoint, RuntimeNames.Docker);

    /// <summary>For <c>GossipOptions.Runtimes</c>: runs pods on Podman by its Docker-compatible API.</summary>
    /// <param name="endpoint">Where it answers: <c>unix:///run/podman/podman.sock</c>.</param>
    public static Func<RuntimeFacts, IPodRuntime?> AtPodman(Uri endpoint) => At(endpoint, RuntimeNames.Podman);

    static Func<RuntimeFacts, IPodRuntime?> At(Uri endpoint, string name) => facts => new DockerRuntime(
        new DockerRuntimeOptions(
            Path.Combine(facts.Folder, name), facts.Node, endpoint, IPAddress.Parse(facts.Address.Host).ToString(), facts.Note)
        {
            Name = name,
        });

    /// <inheritdoc/>
    public ImmutableArray<string> Classes => [options.Name, RuntimeNames.Containers];
    /// <inheritdoc/>
    public Labels NodeLabels => Labels.Empty;

    /// <inheritdoc/>
    public async Task<ImmutableArray<HeldImage>> ImagesAsync(CancellationToken cancel)
    {
        try
        {
            var images = await engine.ImagesAsync(cancel).ConfigureAwait(false);
            return [.. images.SelectMany(image => (image.RepoTags ?? []).Concat(image.RepoDigests ?? []).Select(name => new HeldImage(name, image.Size)))];
        }
        catch (EngineFault)
        {
            return []; // its loss is told elsewhere
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        this.reports.GoTo(reports);
        return watch.AdoptAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        var run = launch.Pod;
        if (pods.TryGetValue(run, out var known))
        {
            if (known.Ip.Length > 0) reports.Report(new PodPrepared(run, known.Ip));
            else reports.Report(new PodFailed(run, "FailedCreatePodSandBox", "it is being prepared or stopped already"));
            return;
        }
        var folder = PodFolder.Of(root, run);
        var pod = new DockerPod(launch, Path.GetFileName(folder.Path), folder);
        try
        {
            if (launch.Template.AllContainers.FirstOrDefault(container => !PodFolder.IsName(container.Name)) is { } nameless)
                throw new VolumeError($"'{nameless.Name}' cannot be the name of a container");
            folder.Write(new PodFile("", launch));
            pods[run] = pod;
            pod.Volumes.Create(files);
            await StartPauseAsync(pod, cancel).ConfigureAwait(false);
            folder.Write(new PodFile(pod.Ip, launch));
            reports.Report(new PodPrepared(run, pod.Ip));
        }
        catch (Exception fault) when (fault is VolumeError or EngineFault or IOException or UnauthorizedAccessException)
        {
            pod.IsEnding = true;
            pod.Ip = ""; // until it is stopped, which the core does next, it may hold an address
            var reason = fault switch { VolumeError => "FailedMount", EngineFault => "FailedCreatePodSandBox", _ => "StorageError" };
            reports.Report(new PodFailed(run, reason, fault.Message));
        }
    }

    /// <inheritdoc/>
    public Task UpdateFilesAsync(PodRun run, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        try
        {
            if (pods.TryGetValue(run, out var pod)) pod.Volumes.Update(files);
        }
        catch (VolumeError error)
        {
            reports.Note(NoteLevel.Warning, "FilesNotUpdated", run.ToString(), error.Message);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StartContainerAsync(PodRun run, ContainerStart asked, CancellationToken cancel)
    {
        var (name, attempt) = (asked.Container, asked.Attempt);
        if (!pods.TryGetValue(run, out var pod) || pod.Ip.Length == 0)
        {
            reports.Report(NeverRan(run, name, attempt, "the pod is not prepared on this node"));
            return;
        }
        if (pod.Launch.Template.Find(name) is not { } spec)
        {
            reports.Report(NeverRan(run, name, attempt, $"the pod has no container '{name}'"));
            return;
        }
        if (pod.Find(name) is { } last && (last.End is null || last.Attempt >= attempt))
        {
            RepeatNews(run, last);
            return;
        }
        try
        {
            void Tell(string reason, string message) => reports.Report(new ContainerProgress(run, name, attempt, reason, message));
            var image = await Images.EnsureAsync(engine, spec, asked.Credentials, Tell, cancel).ConfigureAwait(false);
            var recipe = Recipe.Container(pod.Launch, spec, asked, image, pod.Volumes, pod.Pause, pod.Run, labels, options);
            var container = new DockerContainer(name, attempt, await engine.CreateAsync(recipe, cancel).ConfigureAwait(false));
            foreach (var old in pod.Put(container)) await engine.RemoveAsync(old.Id, cancel).ConfigureAwait(false);
            await StartAsync(pod, container, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is NotStarted or VolumeError or EngineFault)
        {
            var reason = (fault as NotStarted)?.Reason ?? NotStarted.CannotCreate;
            reports.Report(new ContainerNotStarted(run, name, attempt, reason, fault.Message, RuntimeNews.Now()));
        }
    }

    /// <inheritdoc/>
    public async Task StopContainerAsync(PodRun run, string container, int attempt, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(run, out var pod) && pod.Find(container, attempt) is { End: null } running)
            await watch.PersistAsync(() => EndAsync(pod, running, grace, cancel), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task StopAsync(PodRun run, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(run, out var pod))
        {
            pod.IsEnding = true;
            var stopped = await watch.PersistAsync(async () =>
            {
                var running = pod.Containers().Where(container => container.End is null);
                await Task.WhenAll(running.Select(container => EndAsync(pod, container, grace, cancel))).ConfigureAwait(false);
                var left = await engine.ListAsync(labels.Filter(pod.Run), cancel).ConfigureAwait(false);
                await engine.RemoveAllAsync(left, cancel).ConfigureAwait(false);
            }, cancel).ConfigureAwait(false);
            if (!stopped) return;
            pod.Folder.Delete(options.Note);
            pods.TryRemove(run, out _);
        }
        reports.Report(new PodStopped(run));
    }

    /// <inheritdoc/>
    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        access.ReadLogsAsync(pod, container, query, output, cancel);

    /// <inheritdoc/>
    public Task<int> ExecAsync(
        PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) =>
        access.ExecAsync(pod, container, command, console, cancel);

    /// <inheritdoc/>
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) =>
        access.AttachAsync(pod, container, console, cancel);

    /// <inheritdoc/>
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) =>
        access.CopyOutAsync(pod, container, path, tar, cancel);

    /// <inheritdoc/>
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => access.UsageAsync(pod, cancel);

    /// <inheritdoc/>
    public Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel) => meter.MeasureAsync(countsProcesses, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stop.CancelAsync().ConfigureAwait(false);
        await watch.Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        engine.Dispose();
        stop.Dispose();
    }

    async Task StartPauseAsync(DockerPod pod, CancellationToken cancel)
    {
        if (!hasPauseImage) await PauseImage.EnsureAsync(engine, cancel).ConfigureAwait(false);
        hasPauseImage = true;
        var recipe = Recipe.Pause(pod.Launch, pod.Run, labels, options);
        try
        {
            pod.Pause = await engine.CreateAsync(recipe, cancel).ConfigureAwait(false);
        }
        catch (EngineFault absent) when (absent.IsNotFound) // somebody tidied up the engine's images
        {
            await PauseImage.EnsureAsync(engine, cancel).ConfigureAwait(false);
            pod.Pause = await engine.CreateAsync(recipe, cancel).ConfigureAwait(false);
        }
        await engine.StartAsync(pod.Pause, cancel).ConfigureAwait(false);
        var ip = pod.Launch.Template.HostNetwork ? options.HostAddress : (await engine.InspectAsync(pod.Pause, cancel).ConfigureAwait(false)).Ip;
        pod.Ip = ip.Length > 0 ? ip : throw new EngineFault(HttpStatusCode.InternalServerError, "the engine gave the pod no address: has it a default bridge network?");
    }

    async Task StartAsync(DockerPod pod, DockerContainer container, CancellationToken cancel)
    {
        var run = pod.Launch.Pod;
        try
        {
            await engine.StartAsync(container.Id, cancel).ConfigureAwait(false);
        }
        catch (EngineFault refused) when (!refused.IsSilence)
        {
            var code = (await engine.InspectAsync(container.Id, cancel).ConfigureAwait(false)).ExitCode;
            if (code is not (126 or 127)) code = ContainerEnd.InvalidCode;
            var end = new ContainerEnd(code, ContainerEnd.NotRun, refused.Message, RuntimeNews.Now());
            container.Conclude(end);
            reports.Report(ContainerEnds.ExitOf(run, container, end));
            container.MarkEnded();
            return;
        }
        catch (EngineFault)
        {
            pod.Forget(container); // whether it runs we shall see when the engine is back
            throw;
        }
        var found = await engine.InspectAsync(container.Id, cancel).ConfigureAwait(false);
        ContainerEnds.Learn(container, found);
        reports.Report(new ContainerStarted(run, container.Name, container.Attempt, container.StartedAt));
        container.MarkAnnounced();
        if (!found.IsRunning) await ends.LookAsync(pod, container).ConfigureAwait(false);
    }

    /// <summary>Asks, waits for the grace, kills, and returns when the end was reported.</summary>
    async Task EndAsync(DockerPod pod, DockerContainer container, TimeSpan grace, CancellationToken cancel)
    {
        if (grace > TimeSpan.Zero)
        {
            await SignalAsync(pod, container, container.StopSignal, cancel).ConfigureAwait(false);
            try
            {
                await container.Ended.WaitAsync(grace, cancel).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // The grace is over.
            }
        }
        await SignalAsync(pod, container, "SIGKILL", cancel).ConfigureAwait(false);
        await Task.WhenAny(container.Ended, watch.Lost).WaitAsync(cancel).ConfigureAwait(false);
        if (!container.Ended.IsCompleted) throw new EngineFault(null, "the engine is gone");
    }

    /// <summary>One that cannot be signalled has ended: how, is looked up.</summary>
    async Task SignalAsync(DockerPod pod, DockerContainer container, string signal, CancellationToken cancel)
    {
        if (await engine.SignalAsync(container.Id, signal, cancel).ConfigureAwait(false)) return;
        await ends.LookAsync(pod, container).ConfigureAwait(false);
    }

    static ContainerExited NeverRan(PodRun run, string container, int attempt, string why) =>
        new(run, container, attempt, ContainerEnd.InvalidCode, ContainerEnd.NotRun, why, RuntimeNews.Now());

    /// <summary>A command that was already obeyed is answered once more.</summary>
    void RepeatNews(PodRun run, DockerContainer container) => reports.Report(container.End is { } end
        ? ContainerEnds.ExitOf(run, container, end)
        : new ContainerStarted(run, container.Name, container.Attempt, container.StartedAt));
}
