using System.Collections.Immutable;
using Gossip.Core.Pods.StartGates;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

enum PodStage : byte
{
    /// <summary>Admitted; nothing was asked of the runtime yet.</summary>
    Admitted,
    Preparing,
    /// <summary>It has its address; its containers come and go.</summary>
    Running,
    /// <summary>It ended for good. What it held is being freed; its admission stays, to tell how it ended.</summary>
    Finished,
    /// <summary>The runtime is to end it; then its admission goes.</summary>
    Stopping,
}

/// <summary>
/// A pod that this node answers for: how far its life is, and what its runtime told. It changes by what happens to it, each a method.
/// </summary>
/// <param name="number">What timers name it by.</param>
sealed class KeptPod(PodRun run, PodTemplate template, ulong number, PodStage stage)
{
    public PodRun Run => run;
    public PodTemplate Template => template;
    public ulong Number => number;

    /// <summary>In the order in which they start: init containers and sidecars, then the main ones.</summary>
    public ImmutableArray<KeptContainer> Containers { get; } = [.. template.AllContainers.Select(spec => new KeptContainer(spec))];

    public PodStage Stage { get; private set; } = stage;
    public KeptAdmission Admission { get; } = new();
    public PodAlarm Alarm { get; } = new();
    public PodEnd End { get; } = new();
    public DependencyHold Dependencies { get; } = new();
    public PodFiles Files { get; } = new();
    public PodNotes Notes { get; } = new();

    /// <summary>What its runtime was told of it; null until it is to be prepared.</summary>
    public PodLaunch? Launch { get; private set; }
    public string Ip { get; private set; } = "";
    public WallTime StartedAt { get; private set; }

    /// <summary>It leaves this node, and never goes back on it.</summary>
    public bool IsDraining { get; private set; }
    public string Reason { get; private set; } = "";
    public string Message { get; private set; } = "";

    /// <summary>Every init container succeeded and every sidecar started, once: the main ones no longer wait for them.</summary>
    public bool IsInitialized { get; private set; }

    /// <summary>Since when its runtime's engine has been gone: what becomes of it nobody knows.</summary>
    public Instant? LostAt { get; private set; }

    Instant? deadlineAt; // when it has been active for too long
    bool hasFailed; // as a whole, whatever its containers say: a deadline, an init container

    /// <summary>None of it runs until what it depends on is back.</summary>
    public bool IsIdle => Dependencies.IsHeld && !IsAnyUp;

    /// <summary>Some container runs, or was told to start.</summary>
    public bool IsAnyUp
    {
        get
        {
            foreach (var container in Containers)
                if (container.IsUp) return true;
            return false;
        }
    }

    public bool Runs => Stage is PodStage.Preparing or PodStage.Running;

    /// <summary>It ended for good, or is being ended.</summary>
    public bool IsEnding => Stage is PodStage.Finished or PodStage.Stopping;

    public bool HasFailed => hasFailed;

    public bool IsReady => Stage == PodStage.Running && IsInitialized && !IsDraining && LostAt is null
        && AllAre(ContainerRole.Main, container => container.IsReady) && AllAre(ContainerRole.Sidecar, container => container.IsReady);

    /// <summary>What the status of a container says that waits for its turn.</summary>
    public string Creating => Template.InitContainers.IsEmpty ? PodReasons.ContainerCreating : PodReasons.PodInitializing;

    /// <summary>What the status of a container says that is about to start.</summary>
    public string Starting => IsInitialized ? PodReasons.ContainerCreating : Creating;

    public KeptContainer? Find(string name)
    {
        foreach (var container in Containers)
            if (string.Equals(container.Name, name, StringComparison.Ordinal)) return container;
        return null;
    }

    /// <summary>True when it succeeded, false when it failed, null while any main container goes on.</summary>
    public bool? Outcome => hasFailed ? false
        : !AllAre(ContainerRole.Main, container => container.Stage == ContainerStage.Terminated) ? null
        : AllAre(ContainerRole.Main, container => container.ExitCode == 0);

    public AdmissionStatus Status => new(
        Admission.Rank, IsDraining, Phase, IsReady, Ip, StartedAt, [.. Containers.Select(container => container.State)], Reason, Message)
    {
        ReadySince = Admission.Told.ReadySince,
        Notes = Notes.Told,
    };

    /// <summary>Kubernetes counts a pod as pending until each of its main containers has run once.</summary>
    PodPhase Phase => Outcome switch
    {
        true => PodPhase.Succeeded,
        false => PodPhase.Failed,
        null => IsInitialized && AllAre(ContainerRole.Main, HasRun) ? PodPhase.Running : PodPhase.Pending,
    };

    static bool HasRun(KeptContainer container) => container.Stage != ContainerStage.Waiting || container.Last is not null;

    /// <summary>Sets the timer for what is due next, unless an earlier one is set.</summary>
    public void SetAlarm(Turn turn)
    {
        if (!Alarm.TrySet(out var due)) return;
        turn.Wake(new NodeTimer(NodeTimerKind.PodDue, Number, (ulong)due.Value.Ticks), due.Value - turn.Monotonic);
    }

    /// <summary>What its own status says, beside those of its containers.</summary>
    public void Say(string reason, string message) => (Reason, Message) = (reason, message);

    /// <summary>It does not start yet.</summary>
    public void Wait(in GateAnswer because)
    {
        if (because.IsOfPod)
        {
            SayOfWaiting(Creating, "");
            Say(because.Reason!, because.Message);
            Notes.Add(because.Reason!, "", because.Message);
        }
        else SayOfWaiting(because.Reason!, because.Message);
    }

    /// <summary>What the statuses of those containers say that wait.</summary>
    public void SayOfWaiting(string reason, string message)
    {
        foreach (var container in Containers)
            if (!container.IsUp && container.Stage == ContainerStage.Waiting) container.Say(reason, message);
    }

    /// <summary>It has an admission: of this life, or of an earlier one.</summary>
    /// <param name="written">What the admission's row holds of its status.</param>
    public void Attach(Admission admission, ReadOnlyMemory<byte> written)
    {
        Admission.Attach(admission, written);
        IsDraining = admission.Status.Draining;
        Notes.Recall(admission.Status.Notes);
        foreach (var state in admission.Status.Containers)
            if (Find(state.Name) is { } container) container.Complete(state);
    }

    /// <summary>Its runtime is told to prepare it.</summary>
    public void Prepare(PodLaunch launch, Instant now)
    {
        Stage = PodStage.Preparing;
        Launch = launch;
        if (Reason == PodReasons.FailedMount) Say("", "");
        Admission.TellTogether(now);
        if (Template.ActiveDeadline is { } deadline) deadlineAt ??= now + deadline;
    }

    /// <summary>Its runtime gave it its address.</summary>
    public void Prepared(string ip, WallTime now)
    {
        Stage = PodStage.Running;
        Ip = ip;
        StartedAt = now;
    }

    public void Initialized() => IsInitialized = true;

    /// <summary>
    /// Where a main container has run, the init containers had succeeded, whether or not the runtime still remembers them.
    /// </summary>
    public void AssumeInitialized()
    {
        if (!Containers.Any(container => container.Role == ContainerRole.Main && container.Stage != ContainerStage.Waiting)) return;
        IsInitialized = true;
        foreach (var container in Containers)
            if (container.Role == ContainerRole.Init && container.Stage != ContainerStage.Terminated) container.AssumeCompleted();
    }

    /// <summary>True when it has been active for longer than it may; else it is looked at when that is so.</summary>
    public bool IsOverdue(Instant now)
    {
        if (deadlineAt is not { } deadline) return false;
        if (deadline <= now) return true;
        Alarm.LookAt(deadline);
        return false;
    }

    public void Drain() => IsDraining = true;

    /// <summary>It failed for good, whatever its containers do.</summary>
    public void Fail(string reason, string message)
    {
        hasFailed = true;
        Say(reason, message);
    }

    /// <summary>It ended for good, and its admission stays to tell how.</summary>
    public void Finish() => Stage = PodStage.Finished;

    /// <summary>It is to end, and its admission goes with it.</summary>
    public void Stop() => Stage = PodStage.Stopping;

    /// <summary>Its runtime's engine is gone.</summary>
    public Instant Lose(Instant now)
    {
        LostAt ??= now;
        return LostAt.Value;
    }

    /// <summary>The engine is back.</summary>
    public void EngineReturned()
    {
        LostAt = null;
        if (Reason == PodReasons.RuntimeLost) Say("", "");
    }

    /// <summary>It runs on from an earlier life of this node.</summary>
    public void Survive(SurvivingPod survivor, Now now)
    {
        Launch = survivor.Launch;
        Ip = survivor.Ip;
        StartedAt = now.Wall;
        foreach (var state in survivor.Containers)
        {
            if (Find(state.Name) is not { } container) continue;
            container.Recall(state, now);
            if (state.StartedAt.UnixMilliseconds < StartedAt.UnixMilliseconds) StartedAt = state.StartedAt;
        }
        AssumeInitialized();
        if (Template.ActiveDeadline is not { } deadline) return;
        // Of its earlier life only the wall clock knows; a step of it must neither end the pod early nor let it live for ever.
        var left = deadline - TimeSpan.FromMilliseconds(now.Wall.UnixMilliseconds - StartedAt.UnixMilliseconds);
        deadlineAt = now.Monotonic + (left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>It is still there after its engine was gone; its containers are seen to next.</summary>
    public void Reappear(SurvivingPod survivor, WallTime now)
    {
        End.ForgetAsking();
        if (Stage is PodStage.Admitted or PodStage.Preparing) Stage = PodStage.Running;
        Launch = survivor.Launch;
        Ip = survivor.Ip;
        if (StartedAt == default) StartedAt = now;
    }

    /// <summary>It went with its engine and is still admitted here: it starts anew.</summary>
    public void StartOver()
    {
        Stage = PodStage.Admitted;
        IsInitialized = false;
        Dependencies.StartOver();
        End.ForgetAsking();
        foreach (var container in Containers) container.StartOver();
    }

    /// <summary>It ended in an earlier life of this node, as its admission tells.</summary>
    public void RecallEnd(AdmissionStatus status)
    {
        End.Gone();
        IsInitialized = true;
        hasFailed = status.Phase == PodPhase.Failed;
        Say(status.Reason, status.Message);
        Ip = status.Ip;
        StartedAt = status.StartedAt;
        foreach (var state in status.Containers)
            if (Find(state.Name) is { } container) container.Recall(state);
    }

    bool AllAre(ContainerRole role, Func<KeptContainer, bool> so)
    {
        foreach (var container in Containers)
            if (container.Role == role && !so(container)) return false;
        return true;
    }
}
