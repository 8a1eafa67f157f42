using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>How far a container's hook is.</summary>
enum HookStage : byte { None, UnderWay, Done }

/// <summary>One container of a kept pod: init container, sidecar or main one.</summary>
sealed class KeptContainer(ContainerSpec spec)
{
    public ContainerSpec Spec => spec;
    public string Name => spec.Name;
    public ContainerRole Role => spec.Role;

    /// <summary>Terminated means for good: one that starts again waits.</summary>
    public ContainerStage Stage { get; set; } = ContainerStage.Waiting;

    /// <summary>Of the present or last run, from 0; so it is also how often it was restarted.</summary>
    public int Attempt { get; set; }

    /// <summary>It runs, or was told to start.</summary>
    public bool IsUp { get; set; }

    /// <summary>Its next start is another attempt; otherwise the last one never came to a start.</summary>
    public bool IsRestart { get; set; }

    /// <summary>Not to be started before.</summary>
    public Instant NotBefore { get; set; }

    /// <summary>Restarts in a row that came too soon: what the back-off doubles with.</summary>
    public int Crashes { get; set; }

    /// <summary>Starts in a row that came to nothing; they have a back-off of their own.</summary>
    public int FailedStarts { get; set; }
    public Instant FailedAt { get; set; }
    public Instant StartedAt { get; set; }
    public WallTime Since { get; set; }
    public int ExitCode { get; set; }
    public string Reason { get; set; } = "";
    public string Message { get; set; } = "";
    public ContainerEnd? Last { get; set; }

    public HookStage PostStart { get; set; }
    public HookStage PreStop { get; set; }

    /// <summary>When it was decided that this attempt ends; null while it may go on.</summary>
    public Instant? KilledAt { get; set; }

    /// <summary>What it has from then on, for its preStop hook and for SIGTERM together.</summary>
    public TimeSpan KillGrace { get; set; }

    public KeptProbe? Startup { get; } = spec.Startup is { } probe ? new(ActionPurpose.Startup, probe) : null;
    public KeptProbe? Liveness { get; } = spec.Liveness is { } probe ? new(ActionPurpose.Liveness, probe) : null;
    public KeptProbe? Readiness { get; } = spec.Readiness is { } probe ? new(ActionPurpose.Readiness, probe) : null;

    public bool Runs => Stage == ContainerStage.Running;

    /// <summary>Told to start, and not there yet.</summary>
    public bool IsOnItsWay => IsUp && (!Runs || PostStart == HookStage.UnderWay);
    public bool HasSucceeded => Stage == ContainerStage.Terminated && ExitCode == 0;
    public bool HasStarted => Runs && PostStart == HookStage.Done && Startup is null or { Passes: true };
    public bool IsReady => Role == ContainerRole.Init ? HasSucceeded : HasStarted && KilledAt is null && Readiness is null or { Passes: true };

    public ContainerState State => new(Name, Stage, Attempt, Since, ExitCode, Reason, Message) { Ready = IsReady, Started = HasStarted, Last = Last };

    /// <summary>Nothing is known of this attempt yet but that it runs.</summary>
    public bool IsUnprobed => KilledAt is null && Startup?.DueAt is null && Liveness?.DueAt is null && Readiness?.DueAt is null;

    public KeptProbe? ProbeFor(ActionPurpose purpose) => purpose switch
    {
        ActionPurpose.Startup => Startup,
        ActionPurpose.Liveness => Liveness,
        ActionPurpose.Readiness => Readiness,
        _ => null,
    };

    /// <summary>A new attempt begins.</summary>
    public void Renew()
    {
        Resume(started: false, ready: false);
        PostStart = HookStage.None;
    }

    /// <summary>It was out of sight for a while and runs: what was asked of it then is forgotten, and probes go on from what they had found.</summary>
    /// <param name="started">Its startup probe had passed.</param>
    /// <param name="ready">Its readiness probe had.</param>
    public void Resume(bool started, bool ready)
    {
        KilledAt = null;
        PreStop = HookStage.None;
        PostStart = HookStage.Done; // nobody knows; better not twice
        Startup?.Reset(started);
        Liveness?.Reset(true);
        Readiness?.Reset(ready);
    }
}
