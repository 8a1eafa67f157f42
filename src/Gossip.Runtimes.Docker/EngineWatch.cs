using System.Collections.Concurrent;
using System.Collections.Immutable;
using Docker.DotNet.Models;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;
using Message = Docker.DotNet.Models.Message;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// Follows what the engine tells. Its events are quick but may be lost with a connection, so that every now and then, and
/// whenever the engine was away, the list of what it has is compared with what we believe.
/// </summary>
/// <param name="root">Where the folders of the pods are.</param>
sealed class EngineWatch(
    DockerRuntimeOptions options, string root, Engine engine, ContainerLabels labels, ConcurrentDictionary<PodRun, DockerPod> pods,
    RuntimeNews reports, ContainerEnds ends, CancellationToken stop)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // for a list of containers
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1); // events from before the comparison are asked for once more

    volatile bool isLost;
    TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the engine, which answers now, is gone.</summary>
    public Task Lost => Volatile.Read(ref lost).Task;

    /// <summary>Ends after the runtime's end; before the adoption there is nothing to end.</summary>
    public Task Watching { get; private set; } = Task.CompletedTask;

    /// <summary>Finds what still runs of this node's pods, and follows the engine from then on.</summary>
    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(CancellationToken cancel)
    {
        OwnerOnly.CreateFolder(root); // files hold passwords
        foreach (var path in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)) Load(new PodFolder(path));
        ImmutableArray<SurvivingPod> survivors = [];
        try
        {
            survivors = await CompareAsync(silently: true, cancel).ConfigureAwait(false);
        }
        catch (EngineFault fault)
        {
            Lose(fault.Message);
        }
        Watching = Task.Run(WatchAsync, CancellationToken.None);
        return survivors;
    }

    /// <summary>A folder that tells of no pod (cut while it was written, damaged) goes; what runs of it is nobody's, and goes with the comparison.</summary>
    void Load(PodFolder folder)
    {
        if (folder.TryRead() is { } file && PodFolder.Of(root, file.Launch.Pod).Path == folder.Path)
        {
            pods[file.Launch.Pod] = new DockerPod(file.Launch, Path.GetFileName(folder.Path), folder) { Ip = file.Ip };
            return;
        }
        reports.Note(NoteLevel.Warning, "PodFolderUnreadable", folder.Path, "removed it, and what runs of it");
        folder.Delete(options.Note);
    }

    async Task WatchAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var round = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var events = FollowEventsAsync(DateTimeOffset.UtcNow - Overlap, round.Token);
                if (isLost) Return(await CompareAsync(silently: true, stop).ConfigureAwait(false));
                do await CompareAsync(silently: false, stop).ConfigureAwait(false);
                while (await Task.WhenAny(events, Task.Delay(options.ResyncInterval, round.Token)).ConfigureAwait(false) != events && !stop.IsCancellationRequested);
                await round.CancelAsync().ConfigureAwait(false);
                await events.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // why it ended, the next comparison shows
            }
            catch (EngineFault fault)
            {
                if (fault.IsSilence) Lose(fault.Message);
                else reports.Note(NoteLevel.Warning, "EngineRefuses", options.Name, fault.Message);
                await Task.Delay(RetryAfter, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }
    }

    void Lose(string message)
    {
        if (isLost) return;
        isLost = true;
        engine.Abandon();
        lost.TrySetResult();
        reports.Report(new RuntimeLost(options.Name, message));
    }

    void Return(ImmutableArray<SurvivingPod> survivors)
    {
        lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        isLost = false;
        reports.Report(new RuntimeReturned(options.Name, survivors));
    }

    /// <summary>For stops, which have no other answer than being done.</summary>
    /// <returns>False when the engine is gone: after its return the core asks again for what is not to survive.</returns>
    public async Task<bool> PersistAsync(Func<Task> action, CancellationToken cancel)
    {
        while (!isLost)
        {
            try
            {
                await action().ConfigureAwait(false);
                return true;
            }
            catch (EngineFault fault)
            {
                reports.Note(NoteLevel.Warning, "EngineRefuses", options.Name, fault.Message);
                await Task.Delay(RetryAfter, cancel).ConfigureAwait(false);
            }
        }
        return false;
    }

    Task FollowEventsAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var filters = labels.Filter();
        filters["type"] = new Dictionary<string, bool> { ["container"] = true };
        filters["event"] = new Dictionary<string, bool> { ["die"] = true, ["died"] = true }; // Docker's word and Podman's
        var from = FormattableString.Invariant($"{since.ToUnixTimeSeconds()}");
        return engine.AskAsync(async token =>
        {
            await engine.Client.System.MonitorEventsAsync(
                new ContainerEventsParameters { Since = from, Filters = filters }, new EventProgress(OnEvent), token).ConfigureAwait(false);
            return true;
        }, cancel);
    }

    void OnEvent(Message message)
    {
        if (message.Actor?.ID is not { } id) return;
        foreach (var pod in pods.Values)
        {
            if (pod.Pause == id) _ = ends.CheckPauseAsync(pod);
            foreach (var container in pod.Containers())
                if (container.Id == id) _ = ends.LookAsync(pod, container);
        }
    }

    /// <summary>Compares what the engine has with what we believe.</summary>
    /// <param name="silently">What ended meanwhile is not reported but part of the answer, and pods that lost their network are forgotten.</param>
    /// <exception cref="EngineFault"/>
    async Task<ImmutableArray<SurvivingPod>> CompareAsync(bool silently, CancellationToken cancel)
    {
        var listed = await WithPatienceAsync(token => engine.ListAsync(labels.Filter(), token), cancel).ConfigureAwait(false);
        var known = pods.Values.ToLookup(pod => pod.Run, StringComparer.Ordinal);
        bool IsNobodys(ContainerListResponse one) => labels.IsAbandoned(one)
            || labels.IsOurs(one) && !known.Contains(ContainerLabels.Label(one, ContainerLabels.PodLabel));
        await engine.RemoveAllAsync(listed.Where(IsNobodys), cancel).ConfigureAwait(false);
        var ours = listed.Where(labels.IsOurs)
            .ToLookup(one => ContainerLabels.Label(one, ContainerLabels.PodLabel), StringComparer.Ordinal);
        var survivors = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var pod in known.SelectMany(same => same).OrderBy(pod => pod.Run, StringComparer.Ordinal))
        {
            if (!silently) await CompareAsync(pod, ours[pod.Run]).ConfigureAwait(false);
            else if (await AdoptAsync(pod, [.. ours[pod.Run]], cancel).ConfigureAwait(false) is { } survivor) survivors.Add(survivor);
        }
        return survivors.DrainToImmutable();
    }

    async Task CompareAsync(DockerPod pod, IEnumerable<ContainerListResponse> listed)
    {
        var running = listed.Where(ContainerLabels.IsRunning).Select(one => one.ID).ToHashSet(StringComparer.Ordinal);
        if (pod.Ip.Length > 0 && !running.Contains(pod.Pause)) await ends.CheckPauseAsync(pod).ConfigureAwait(false);
        foreach (var container in pod.Containers())
            if (container is { End: null, Announced.IsCompleted: true } && !running.Contains(container.Id))
                await ends.LookAsync(pod, container).ConfigureAwait(false);
    }

    /// <returns>Null for a pod that has no network any more, or never had: what is left of it is removed.</returns>
    async Task<SurvivingPod?> AdoptAsync(DockerPod pod, ContainerListResponse[] listed, CancellationToken cancel)
    {
        pod.IsEnding = false; // a stop that the engine did not hear is asked for again
        var pause = Array.Find(listed, one => ContainerLabels.Label(one, ContainerLabels.ContainerLabel).Length == 0);
        if (pod.Ip.Length == 0 || pause is null || !ContainerLabels.IsRunning(pause))
        {
            await engine.RemoveAllAsync(listed, cancel).ConfigureAwait(false);
            pod.Folder.Delete(options.Note);
            pods.TryRemove(pod.Launch.Pod, out _);
            return null;
        }
        pod.Pause = pause.ID;
        foreach (var one in listed.Where(one => one != pause).OrderBy(ContainerLabels.Attempt))
        {
            if (one.State is "created" or "configured" or "initialized")
            {
                await engine.RemoveAsync(one.ID, cancel).ConfigureAwait(false); // the start that should have followed never came
                continue;
            }
            var (name, attempt) = (ContainerLabels.Label(one, ContainerLabels.ContainerLabel), ContainerLabels.Attempt(one));
            var container = pod.Find(name, attempt) ?? new DockerContainer(name, attempt, one.ID);
            if (container.End is null)
            {
                var found = await engine.InspectAsync(one.ID, cancel).ConfigureAwait(false);
                ContainerEnds.Learn(container, found);
                if (found.IsRunning) container.MarkAnnounced();
                else
                {
                    container.Conclude(ContainerEnds.End(found));
                    container.MarkEnded();
                }
            }
            foreach (var old in pod.Put(container)) await engine.RemoveAsync(old.Id, cancel).ConfigureAwait(false);
        }
        return new SurvivingPod(options.Name, pod.Launch, pod.Ip,
        [
            .. pod.Launch.Template.AllContainers.Select(spec => pod.Find(spec.Name)).OfType<DockerContainer>().Select(
                one => new SurvivingContainer(one.Name, one.Attempt, one.StartedAt, one.End?.Code) { Reason = one.End?.Reason ?? "" }),
        ]);
    }

    async Task<T> WithPatienceAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new EngineFault(null, FormattableString.Invariant($"the engine did not answer within {Patience.TotalSeconds} s"));
        }
    }

    sealed class EventProgress(Action<Message> heard) : IProgress<Message>
    {
        public void Report(Message value) => heard(value);
    }
}
