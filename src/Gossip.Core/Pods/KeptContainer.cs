using Gossip.Core.Membership;
using Gossip.Core.Pods.Probing;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods;

/// <summary>How far a container's hook is.</summary>
enum HookStage : byte { None, UnderWay, Done }

/// <summary>
/// When it was decided that an attempt of a container ends, and what its preStop hook and SIGTERM together have from then on.
/// </summary>
readonly record struct KillOrder(Instant At, TimeSpan Grace);

/// <summary>One container of a kept pod: init container, sidecar or main one.</summary>
sealed class KeptContainer(ContainerSpec spec)
{
    /// <summary>128 + SIGKILL: the exit code of what ended unseen, as Kubernetes has it.</summary>
    const int ExitOfKilled = 137;

    public ContainerSpec Spec => spec;
    public string Name => spec.Name;
    public ContainerRole Role => spec.Role;

    /// <summary>Terminated means for good: one that starts again waits.</summary>
    public ContainerStage Stage { get; private set; } = ContainerStage.Waiting;

    /// <summary>Of the present or last run, from 0; so it is also how often it was restarted.</summary>
    public int Attempt { get; private set; }

    /// <summary>It runs, or was told to start.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Its next start is another attempt; otherwise the last one never came to a start.</summary>
    public bool IsRestart { get; private set; }

    /// <summary>Not to be started before.</summary>
    public Instant NotBefore { get; private set; }

    /// <summary>Restarts in a row that came too soon: what the back-off doubles with.</summary>
    public int Crashes { get; private set; }

    /// <summary>Starts in a row that came to nothing; they have a back-off of their own.</summary>
    public int FailedStarts { get; private set; }
    public Instant FailedAt { get; private set; }
    public Instant StartedAt { get; private set; }
    public WallTime Since { get; private set; }
    public int ExitCode { get; private set; }
    public string Reason { get; private set; } = "";
    public string Message { get; private set; } = "";
    public ContainerEnd? Last { get; private set; }

    public HookStage PostStart { get; private set; }
    public HookStage PreStop { get; private set; }

    /// <summary>Null while the present attempt may go on.</summary>
    public KillOrder? Killed { get; private set; }

    public KeptProbe? Startup { get; } = spec.Startup is { } probe ? new(ActionPurpose.Startup, probe) : null;
    public KeptProbe? Liveness { get; } = spec.Liveness is { } probe ? new(ActionPurpose.Liveness, probe) : null;
    public KeptProbe? Readiness { get; } = spec.Readiness is { } probe ? new(ActionPurpose.Readiness, probe) : null;

    public bool Runs => Stage == ContainerStage.Running;

    /// <summary>It was told to start, and has not started yet.</summary>
    public bool IsOnItsWay => IsUp && (!Runs || PostStart == HookStage.UnderWay);
    public bool HasSucceeded => Stage == ContainerStage.Terminated && ExitCode == 0;
    public bool HasStarted => Runs && PostStart == HookStage.Done && Startup is null or { Passes: true };
    public bool IsReady => Role == ContainerRole.Init
        ? HasSucceeded
        : HasStarted && Killed is null && Readiness is null or { Passes: true };

    public ContainerState State =>
        new(Name, Stage, Attempt, Since, ExitCode, Reason, Message) { Ready = IsReady, Started = HasStarted, Last = Last };

    /// <summary>Nothing is known of this attempt yet but that it runs.</summary>
    bool IsUnprobed => Killed is null && Startup?.DueAt is null && Liveness?.DueAt is null && Readiness?.DueAt is null;

    public KeptProbe? ProbeFor(ActionPurpose purpose) => purpose switch
    {
        ActionPurpose.Startup => Startup,
        ActionPurpose.Liveness => Liveness,
        ActionPurpose.Readiness => Readiness,
        _ => null,
    };

    public void Say(string reason, string message) => (Reason, Message) = (reason, message);

    /// <summary>It is told to start.</summary>
    /// <param name="reason">What its status says until it runs, unless an earlier start came to nothing.</param>
    public void Begin(string reason)
    {
        if (IsRestart) Attempt++;
        IsRestart = false;
        Resume(started: false, ready: false);
        PostStart = HookStage.None;
        IsUp = true;
        if (FailedStarts == 0) Say(reason, "");
    }

    /// <summary>It runs.</summary>
    public void Started(WallTime at, Instant now)
    {
        Stage = ContainerStage.Running;
        StartedAt = now;
        Since = at;
        Say("", "");
        FailedStarts = 0;
        PostStart = spec.PostStart is null ? HookStage.Done : HookStage.UnderWay;
    }

    /// <summary>
    /// It did not come to a start. That is nobody's crash: it is tried again whatever the restart policy, and does not count.
    /// </summary>
    public void NotStarted(string reason, string message, Now now, NodeTimings timings)
    {
        IsUp = false;
        FailedStarts++;
        FailedAt = now.Monotonic;
        NotBefore = now.Monotonic + RestartBackoff.Of(FailedStarts + 1, timings);
        Since = now.Wall;
        Say(reason, message);
    }

    /// <summary>An attempt ended.</summary>
    public void Ended(int exitCode, string reason, string message, WallTime at, Now now, NodeTimings timings)
    {
        var ranLong = Runs && now.Monotonic - StartedAt >= timings.RestartBackoffReset;
        IsUp = false;
        Stage = ContainerStage.Terminated;
        ExitCode = exitCode;
        Since = at;
        Say(reason.Length > 0 ? reason : exitCode == 0 ? PodReasons.Completed : PodReasons.Error, message);
        Crashes = ranLong ? 1 : Crashes + 1;
    }

    /// <summary>It ended with the rest of its pod.</summary>
    public void EndedWithPod(Now now, NodeTimings timings) => Ended(ExitOfKilled, "", "", now.Wall, now, timings);

    /// <summary>It ended while its runtime's engine was gone.</summary>
    /// <param name="state">What the runtime still knows of it; null for nothing.</param>
    public void EndedUnseen(SurvivingContainer? state, Now now, NodeTimings timings)
    {
        if (state is not null) Attempt = state.Attempt;
        Ended(state?.ExitCode ?? ExitOfKilled, state?.Reason ?? PodReasons.StatusUnknown, "", now.Wall, now, timings);
    }

    /// <summary>It ended and is to start again, as another attempt.</summary>
    /// <param name="lastReason">Why the last attempt ended, for its status.</param>
    public void AwaitRestart(string lastReason, Instant notBefore)
    {
        Last = new(ExitCode, lastReason, Since);
        Stage = ContainerStage.Waiting;
        IsRestart = true;
        NotBefore = notBefore;
    }

    /// <summary>What it waited for may be there: its back-off is cut short.</summary>
    public void RetryAt(Instant now) => NotBefore = now;

    /// <summary>What was to start never did.</summary>
    public void Down() => IsUp = false;

    /// <summary>
    /// The pod starts anew: an init container or sidecar that ended starts again, since its work went with the pod's volumes.
    /// </summary>
    public void StartOver()
    {
        if (Role == ContainerRole.Main && Stage == ContainerStage.Terminated) return;
        if (Stage == ContainerStage.Terminated) IsRestart = true;
        Stage = ContainerStage.Waiting;
    }

    /// <summary>Where a main container has run, this one had succeeded.</summary>
    public void AssumeCompleted()
    {
        Stage = ContainerStage.Terminated;
        Reason = PodReasons.Completed;
    }

    /// <summary>It survived an earlier life of the node, or of its runtime's engine.</summary>
    public void Recall(SurvivingContainer state, Now now)
    {
        Attempt = state.Attempt;
        Since = state.StartedAt;
        StartedAt = now.Monotonic;
        IsUp = state.ExitCode is null;
        Stage = IsUp ? ContainerStage.Running : ContainerStage.Terminated;
        ExitCode = state.ExitCode ?? 0;
        Say(IsUp ? "" : state.Reason.Length > 0 ? state.Reason : ExitCode == 0 ? PodReasons.Completed : PodReasons.Error, "");
        Resume(started: false, ready: false);
    }

    /// <summary>Of a pod that ended in an earlier life of the node: as its admission tells.</summary>
    public void Recall(in ContainerState state)
    {
        Stage = state.Stage;
        Attempt = state.Restarts;
        Since = state.Since;
        ExitCode = state.ExitCode;
        Say(state.Reason, state.Message);
    }

    /// <summary>What the admission tells of the present attempt is not known by other means.</summary>
    public void Complete(in ContainerState told)
    {
        if (Attempt != told.Restarts) return;
        Last ??= told.Last;
        if (Runs && told.Stage == ContainerStage.Running && IsUnprobed) Resume(told.Started, told.Ready);
    }

    /// <summary>
    /// It was out of sight for a while and runs: what was asked of it then is forgotten, and probes go on from what they had found.
    /// </summary>
    /// <param name="started">Its startup probe had passed.</param>
    /// <param name="ready">Its readiness probe had passed.</param>
    public void Resume(bool started, bool ready)
    {
        Killed = null;
        PreStop = HookStage.None;
        PostStart = HookStage.Done; // nobody knows; better not twice
        Startup?.Reset(started);
        Liveness?.Reset(true);
        Readiness?.Reset(ready);
    }

    public void PostStartEnded() => PostStart = HookStage.Done;

    /// <summary>It is decided that the present attempt ends.</summary>
    public void Kill(Instant now, TimeSpan grace) => Killed = new KillOrder(now, grace);

    public void PreStopBegan() => PreStop = HookStage.UnderWay;

    public void PreStopEnded() => PreStop = HookStage.Done;
}
