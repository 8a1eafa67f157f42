using System.Collections.Immutable;
using System.Globalization;
using Docker.DotNet.Models;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Runtimes.Pods;
using Message = Docker.DotNet.Models.Message;

namespace Gossip.Runtimes.Docker;

// What the engine tells. Its events are quick but may be lost with a connection, so that every now and then, and
// whenever the engine was away, the list of what it has is compared with what we believe.
public sealed partial class DockerRuntime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // for a list of containers
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1); // events from before the comparison are asked for once more

    Task watching = Task.CompletedTask;
    volatile bool isLost;
    TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        Check.That(this.reports is null);
        this.reports = reports;
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
        watching = Task.Run(WatchAsync, CancellationToken.None);
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
        Note(NoteLevel.Warning, "PodFolderUnreadable", folder.Path, "removed it, and what runs of it");
        folder.Delete(options.Note);
    }

    async Task WatchAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var round = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var events = FollowEventsAsync(DateTimeOffset.UtcNow - Overlap, round.Token);
                if (isLost) Return(await CompareAsync(silently: true, stop.Token).ConfigureAwait(false));
                do await CompareAsync(silently: false, stop.Token).ConfigureAwait(false);
                while (await Task.WhenAny(events, Task.Delay(options.ResyncInterval, round.Token)).ConfigureAwait(false) != events && !stop.IsCancellationRequested);
                await round.CancelAsync().ConfigureAwait(false);
                await events.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // why it ended, the next comparison shows
            }
            catch (EngineFault fault)
            {
                if (fault.IsSilence) Lose(fault.Message);
                else Note(NoteLevel.Warning, "EngineRefuses", options.Name, fault.Message);
                await Task.Delay(RetryAfter, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        Report(new RuntimeLost(options.Name, message));
    }

    void Return(ImmutableArray<SurvivingPod> survivors)
    {
        lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        isLost = false;
        Report(new RuntimeReturned(options.Name, survivors));
    }

    /// <summary>For stops, which have no other answer than being done.</summary>
    /// <returns>False when the engine is gone: after its return the core asks again for what is not to survive.</returns>
    async Task<bool> PersistAsync(Func<Task> action, CancellationToken cancel)
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
                Note(NoteLevel.Warning, "EngineRefuses", options.Name, fault.Message);
                await Task.Delay(RetryAfter, cancel).ConfigureAwait(false);
            }
        }
        return false;
    }

    Task FollowEventsAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var filters = marks.Filter();
        filters["type"] = new Dictionary<string, bool> { ["container"] = true };
        filters["event"] = new Dictionary<string, bool> { ["die"] = true, ["died"] = true }; // Docker's word and Podman's
        var from = FormattableString.Invariant($"{since.ToUnixTimeSeconds()}");
        return engine.AskAsync(async token =>
        {
            await engine.Client.System.MonitorEventsAsync(
                new ContainerEventsParameters { Since = from, Filters = filters }, new Ears(OnEvent), token).ConfigureAwait(false);
            return true;
        }, cancel);
    }

    void OnEvent(Message message)
    {
        if (message.Actor?.ID is not { } id) return;
        foreach (var pod in pods.Values)
        {
            if (pod.Pause == id) _ = CheckPauseAsync(pod);
            foreach (var container in pod.Containers())
                if (container.Id == id) _ = LookAsync(pod, container);
        }
    }

    /// <summary>Compares what the engine has with what we believe.</summary>
    /// <param name="silently">What ended meanwhile is not reported but part of the answer, and pods that lost their network are forgotten.</param>
    /// <exception cref="EngineFault"/>
    async Task<ImmutableArray<SurvivingPod>> CompareAsync(bool silently, CancellationToken cancel)
    {
        var listed = await WithPatienceAsync(token => engine.ListAsync(marks.Filter(), token), cancel).ConfigureAwait(false);
        var known = pods.Values.ToLookup(pod => pod.Run, StringComparer.Ordinal);
        await RemoveAllAsync(listed.Where(one => marks.IsAbandoned(one) || marks.IsOurs(one) && !known.Contains(Marks.Label(one, Marks.PodLabel))), cancel).ConfigureAwait(false);
        var ours = listed.Where(marks.IsOurs).ToLookup(one => Marks.Label(one, Marks.PodLabel), StringComparer.Ordinal);
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
        var running = listed.Where(Marks.IsRunning).Select(one => one.ID).ToHashSet(StringComparer.Ordinal);
        if (pod.Ip.Length > 0 && !running.Contains(pod.Pause)) await CheckPauseAsync(pod).ConfigureAwait(false);
        foreach (var container in pod.Containers())
            if (container is { End: null, Announced.IsCompleted: true } && !running.Contains(container.Id)) await LookAsync(pod, container).ConfigureAwait(false);
    }

    /// <returns>Null for a pod that has no network any more, or never had: what is left of it is removed.</returns>
    async Task<SurvivingPod?> AdoptAsync(DockerPod pod, ContainerListResponse[] listed, CancellationToken cancel)
    {
        pod.IsEnding = false; // a stop that the engine did not hear is asked for again
        var pause = Array.Find(listed, one => Marks.Label(one, Marks.ContainerLabel).Length == 0);
        if (pod.Ip.Length == 0 || pause is null || !Marks.IsRunning(pause))
        {
            await RemoveAllAsync(listed, cancel).ConfigureAwait(false);
            pod.Folder.Delete(options.Note);
            pods.TryRemove(pod.Launch.Pod, out _);
            return null;
        }
        pod.Pause = pause.ID;
        foreach (var one in listed.Where(one => one != pause).OrderBy(Marks.Attempt))
        {
            if (one.State is "created" or "configured" or "initialized")
            {
                await engine.RemoveAsync(one.ID, cancel).ConfigureAwait(false); // the start that should have followed never came
                continue;
            }
            var (name, attempt) = (Marks.Label(one, Marks.ContainerLabel), Marks.Attempt(one));
            var container = pod.Find(name, attempt) ?? new DockerContainer(name, attempt, one.ID);
            if (container.End is null)
            {
                var found = await engine.InspectAsync(one.ID, cancel).ConfigureAwait(false);
                Learn(container, found);
                if (found.IsRunning) container.MarkAnnounced();
                else
                {
                    container.Conclude(End(found));
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

    /// <summary>Something says that it ended: see, and report it.</summary>
    async Task LookAsync(DockerPod pod, DockerContainer container)
    {
        if (!container.BeginLooking()) return;
        do
        {
            try
            {
                await container.Announced.WaitAsync(stop.Token).ConfigureAwait(false);
                if (container.End is not null) continue;
                if (await ReadEndAsync(container).ConfigureAwait(false) is not { } end) continue;
                container.Conclude(end);
                Report(ExitOf(pod.Launch.Pod, container, end));
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
            var found = await engine.InspectAsync(container.Id, stop.Token).ConfigureAwait(false);
            return found.IsRunning ? null : End(found);
        }
        catch (EngineFault gone) when (gone.IsNotFound)
        {
            return new ContainerEnd(ContainerEnd.KilledCode, ContainerEnd.Failed, "somebody else removed the container from the engine", Now());
        }
    }

    async Task CheckPauseAsync(DockerPod pod)
    {
        try
        {
            if (pod.IsEnding || pod.Pause.Length == 0 || (await engine.InspectAsync(pod.Pause, stop.Token).ConfigureAwait(false)).IsRunning) return;
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
        Report(new PodFailed(pod.Launch.Pod, reason, message));
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

    static ContainerEnd End(ContainerFacts found) =>
        (found is { IsOomKilled: false, ExitCode: ContainerEnd.KilledCode } && KernelLog.TellsOfOutOfMemory(found.Id) ? found with { IsOomKilled = true } : found).End();

    static void Learn(DockerContainer container, ContainerFacts found)
    {
        container.StartedAt = found.StartedAt;
        container.StopSignal = found.StopSignal;
    }

    sealed class Ears(Action<Message> heard) : IProgress<Message>
    {
        public void Report(Message value) => heard(value);
    }
}
