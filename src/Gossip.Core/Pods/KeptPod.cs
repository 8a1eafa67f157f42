using System.Collections.Immutable;
using Gossip.Core.Explain;
using Gossip.Core.Leases;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
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

/// <summary>A pod that this node answers for: what should be of it, and what its runtime told.</summary>
sealed class KeptPod
{
    public required PodRun Run { get; init; }
    public required PodTemplate Template { get; init; }

    /// <summary>What its runtime was told of it; null until it is to be prepared.</summary>
    public PodLaunch? Launch { get; set; }

    /// <summary>The template whose labels and objects its files were last made of; null when that is to be done anew.</summary>
    public PodTemplate? ConfiguredBy { get; set; }

    /// <summary>Of the files that its runtime was last given; 0 for a survivor, of whose files nothing is known.</summary>
    public ulong FilesHash { get; set; }

    /// <summary>What timers name it by.</summary>
    public required ulong Number { get; init; }

    /// <summary>In the order in which they start: init containers and sidecars, then the main ones.</summary>
    public required ImmutableArray<KeptContainer> Containers { get; init; }

    /// <summary>Of its admission; null for a survivor that has none (yet).</summary>
    public Uid? Row { get; set; }
    public PodStage Stage { get; set; }
    public uint Rank { get; set; }
    public bool Draining { get; set; }
    public string Ip { get; set; } = "";
    public WallTime StartedAt { get; set; }
    /// <summary>Why this node asked for its eviction; null when others did, or nobody.</summary>
    public string? MovesWhy { get; set; }
    public string Reason { get; set; } = "";
    public string Message { get; set; } = "";
    public PodNotes Notes { get; } = new();

    /// <summary>Every init container succeeded and every sidecar started, once: the main ones no longer wait for them.</summary>
    public bool IsInitialized { get; set; }

    /// <summary>It failed as a whole, whatever its containers say: a deadline, an init container.</summary>
    public bool HasFailed { get; set; }

    /// <summary>When it has been active for too long.</summary>
    public Instant? DeadlineAt { get; set; }

    /// <summary>What it depends on was lost: its containers end, and start again when it is back.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Since when a service that it depends on has no ready endpoint.</summary>
    public Instant? MissesSince { get; set; }

    /// <summary>Since when it has its place and waits for its gang's others to get theirs.</summary>
    public Instant? AwaitsGangSince { get; set; }

    /// <summary>Since when it has been on a node with a NoExecute taint that it tolerates for a while only.</summary>
    public Instant? TaintedSince { get; set; }

    /// <summary>Of a singleton, from its first look on to its end.</summary>
    public Lease? Lease { get; set; }

    /// <summary>From when the lease counts up to which its runtime lets it live.</summary>
    public Instant? LeasedFrom { get; set; }

    /// <summary>Its end cannot wait for longer than this, whatever grace it asks for.</summary>
    public TimeSpan? GraceMost { get; set; }

    /// <summary>Since when its runtime's engine has been gone: what becomes of it nobody knows.</summary>
    public Instant? LostAt { get; set; }

    /// <summary>When its grace is over; null until it is to end.</summary>
    public Instant? EndsAt { get; set; }

    /// <summary>It has hooks or sidecars to end one after another, before the rest.</summary>
    public bool EndsInOrder { get; set; }

    /// <summary>The runtime was asked to free it; a finished pod that is told to stop needs no second asking.</summary>
    public bool StopAsked { get; set; }

    /// <summary>All of it ended, and its runtime keeps what it said.</summary>
    public bool Rests { get; set; }

    /// <summary>The runtime says that nothing of it is left.</summary>
    public bool IsGone { get; set; }

    /// <summary>When anything of it is due next, as found by the last look; and for when a timer is set.</summary>
    public Instant? NextDue { get; set; }
    public Instant? AlarmAt { get; set; }

    /// <summary>Since when another comes before it and is not ready; null while that is not so.</summary>
    public Instant? OutrankFrom { get; set; }
    public Uid OutrankWhom { get; set; }

    /// <summary>A survivor's new admission is on its way to the log.</summary>
    public bool IsBeingAdmitted { get; set; }

    /// <summary>What its row says, or will once the log confirms.</summary>
    public AdmissionStatus Told { get; set; } = AdmissionStatus.Admitted;
    public Instant ToldAt { get; set; }

    /// <summary>None of it runs until what it depends on is back.</summary>
    public bool IsIdle
    {
        get
        {
            foreach (var container in Containers)
                if (container.IsUp) return false;
            return IsHeld;
        }
    }

    public bool Runs => Stage is PodStage.Preparing or PodStage.Running;

    public bool IsReady => Stage == PodStage.Running && IsInitialized && !Draining && LostAt is null
        && AllAre(ContainerRole.Main, container => container.IsReady) && AllAre(ContainerRole.Sidecar, container => container.IsReady);

    /// <summary>What a container that waits for its turn waits for.</summary>
    public string Creating => Template.InitContainers.IsEmpty ? "ContainerCreating" : "PodInitializing";

    public KeptContainer? Find(string name)
    {
        foreach (var container in Containers)
            if (string.Equals(container.Name, name, StringComparison.Ordinal)) return container;
        return null;
    }

    /// <summary>True when it succeeded, false when it failed, null while any main container goes on.</summary>
    public bool? Outcome => HasFailed ? false
        : !AllAre(ContainerRole.Main, container => container.Stage == ContainerStage.Terminated) ? null
        : AllAre(ContainerRole.Main, container => container.ExitCode == 0);

    public AdmissionStatus Status => new(
        Rank, Draining, Phase, IsReady, Ip, StartedAt, [.. Containers.Select(container => container.State)], Reason, Message)
    {
        ReadySince = Told.ReadySince,
        Notes = Notes.Told,
    };

    /// <summary>Kubernetes counts a pod as pending until each of its main containers has run once.</summary>
    PodPhase Phase => Outcome switch
    {
        true => PodPhase.Succeeded,
        false => PodPhase.Failed,
        null => IsInitialized && AllAre(ContainerRole.Main, container => container.Stage != ContainerStage.Waiting || container.Last is not null)
            ? PodPhase.Running
            : PodPhase.Pending,
    };

    /// <summary>Makes sure that it is looked at by then.</summary>
    public void LookAt(Instant at)
    {
        if (NextDue is null || at < NextDue) NextDue = at;
    }

    public void Waits(string reason, string message)
    {
        foreach (var container in Containers)
            if (!container.IsUp && container.Stage == ContainerStage.Waiting) (container.Reason, container.Message) = (reason, message);
    }

    bool AllAre(ContainerRole role, Func<KeptContainer, bool> so)
    {
        foreach (var container in Containers)
            if (container.Role == role && !so(container)) return false;
        return true;
    }
}
