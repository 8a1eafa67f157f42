using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Pods;

enum PodStage : byte
{
    /// <summary>Admitted; nothing was asked of the runtime yet.</summary>
    Admitted,
    Preparing,
    /// <summary>It has its address; its containers come and go.</summary>
    Running,
    /// <summary>Every container ended for good. What it held is being freed; its admission stays, to tell how it ended.</summary>
    Finished,
    /// <summary>The runtime is to end it; then its admission goes.</summary>
    Stopping,
}

/// <summary>One container of a kept pod.</summary>
sealed class KeptContainer(string name)
{
    public string Name => name;
    public ContainerStage Stage { get; set; } = ContainerStage.Waiting;

    /// <summary>Of the present or last run, from 0; so it is also how often it was restarted.</summary>
    public int Attempt { get; set; }

    /// <summary>It runs, or was told to start.</summary>
    public bool IsUp { get; set; }

    /// <summary>Restarts in a row that came too soon: what the back-off doubles with.</summary>
    public int Crashes { get; set; }
    public Instant StartedAt { get; set; }
    public WallTime Since { get; set; }
    public int ExitCode { get; set; }
    public string Reason { get; set; } = "ContainerCreating";
    public string Message { get; set; } = "";

    public ContainerState State => new(name, Stage, Attempt, Since, ExitCode, Reason, Message);
}

/// <summary>A pod that this node answers for: what should be of it, and what its runtime told.</summary>
sealed class KeptPod
{
    public required PodRun Run { get; init; }
    public required PodTemplate Template { get; init; }

    /// <summary>What its runtime was told of it; null until it is to be prepared.</summary>
    public PodLaunch? Launch { get; set; }

    /// <summary>What timers name it by.</summary>
    public required ulong Number { get; init; }
    public required ImmutableArray<KeptContainer> Containers { get; init; }

    /// <summary>Of its admission; null for a survivor that has none (yet).</summary>
    public Uid? Row { get; set; }
    public PodStage Stage { get; set; }
    public uint Rank { get; set; }
    public bool Draining { get; set; }
    public string Ip { get; set; } = "";
    public WallTime StartedAt { get; set; }
    public bool HasRun { get; set; }
    public string Reason { get; set; } = "";
    public string Message { get; set; } = "";

    /// <summary>The runtime was asked to free it; a finished pod that is told to stop needs no second asking.</summary>
    public bool StopAsked { get; set; }

    /// <summary>The runtime says that nothing of it is left.</summary>
    public bool IsGone { get; set; }

    /// <summary>Since when another comes before it and is not ready; null while that is not so.</summary>
    public Instant? OutrankFrom { get; set; }
    public Uid OutrankWhom { get; set; }

    /// <summary>A survivor's new admission is on its way to the log.</summary>
    public bool IsBeingAdmitted { get; set; }

    /// <summary>What its row says, or will once the log confirms.</summary>
    public AdmissionStatus Told { get; set; } = AdmissionStatus.Admitted;
    public Instant ToldAt { get; set; }

    public bool Runs => Stage is PodStage.Preparing or PodStage.Running;

    public bool IsReady
    {
        get
        {
            if (Stage != PodStage.Running || Draining) return false;
            foreach (var container in Containers)
                if (container.Stage != ContainerStage.Running) return false;
            return true;
        }
    }

    public KeptContainer? Find(string name)
    {
        foreach (var container in Containers)
            if (string.Equals(container.Name, name, StringComparison.Ordinal)) return container;
        return null;
    }

    /// <summary>Terminated for good, all of them: true when all succeeded, false when one failed, null while any goes on.</summary>
    public bool? Outcome
    {
        get
        {
            var succeeded = true;
            foreach (var container in Containers)
            {
                if (container.Stage != ContainerStage.Terminated) return null;
                succeeded &= container.ExitCode == 0;
            }
            return succeeded;
        }
    }

    public AdmissionStatus Status => new(
        Rank, Draining, Phase, IsReady, Ip, StartedAt, [.. Containers.Select(container => container.State)], Reason, Message);

    PodPhase Phase => Outcome switch
    {
        true => PodPhase.Succeeded,
        false => PodPhase.Failed,
        null => HasRun ? PodPhase.Running : PodPhase.Pending,
    };
}
