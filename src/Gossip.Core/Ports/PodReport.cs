using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Ports;

/// <summary>What a runtime tells the core. A report on a pod that the core does not know is ignored.</summary>
public abstract record PodReport;

/// <summary>The pod has an address; its containers may start.</summary>
public sealed record PodPrepared(PodRun Pod, string Ip) : PodReport;

/// <summary>
/// The pod cannot be prepared here, or not be here any longer (<c>Evicted</c>: it outgrew a limit of the node's disk).
/// The core withdraws it, and others may have it.
/// </summary>
public sealed record PodFailed(PodRun Pod, string Reason, string Message) : PodReport;

/// <summary>Something on the way to a container's start that people like to know: <c>Pulling</c>, <c>Pulled</c>. Decides nothing.</summary>
public sealed record ContainerProgress(PodRun Pod, string Container, int Attempt, string Reason, string Message) : PodReport;

/// <summary>A container's first process runs.</summary>
public sealed record ContainerStarted(PodRun Pod, string Container, int Attempt, WallTime At) : PodReport;

/// <summary>
/// It did not come to a start, for a reason outside of the container: <c>ErrImagePull</c>, <c>ErrImageNeverPull</c>,
/// <c>InvalidImageName</c>, <c>CreateContainerError</c>. Tried again after a back-off, whatever the restart policy.
/// </summary>
public sealed record ContainerNotStarted(PodRun Pod, string Container, int Attempt, string Reason, string Message, WallTime At) : PodReport;

/// <summary>A container ended, or its command could not be run (<c>StartError</c>).</summary>
/// <param name="ExitCode">128 + n for signal n, as a shell has it.</param>
/// <param name="Reason"><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>StartError</c>.</param>
public sealed record ContainerExited(
    PodRun Pod, string Container, int Attempt, int ExitCode, string Reason, string Message, WallTime At) : PodReport;

/// <summary>A probe or hook has an answer.</summary>
/// <param name="Message">What it said, cut; for a failure why.</param>
public sealed record ActionEnded(PodRun Pod, string Container, int Attempt, ActionPurpose Purpose, bool Passed, string Message) : PodReport;

/// <summary>Nothing of the pod runs any more, and what it held is free.</summary>
public sealed record PodStopped(PodRun Pod) : PodReport;

/// <summary>The first report after a start: what still runs from this node's earlier life, possibly nothing.</summary>
public sealed record PodsSurvived(ImmutableArray<SurvivingPod> Pods) : PodReport;

/// <summary>A runtime's engine is gone; what became of its pods nobody can say. Nothing more is heard of them until it returns.</summary>
/// <param name="Runtime">Its first class; see <c>IPodRuntime.Classes</c>.</param>
public sealed record RuntimeLost(string Runtime, string Message) : PodReport
{
    /// <summary>
    /// Every class whose pods it runs on this node; those that another runtime serves here are not among them. Empty for its first alone.
    /// </summary>
    public ImmutableArray<string> Classes { get; init; } = [];
}

/// <summary>It is back, and this is what still runs there. A pod that is not among them ended.</summary>
public sealed record RuntimeReturned(string Runtime, ImmutableArray<SurvivingPod> Pods) : PodReport;

/// <summary>
/// The images that are on this node now, of all its engines. Told when they changed, and not more often than once a minute.
/// </summary>
public sealed record ImagesHeld(NodeImages Images) : PodReport;

/// <param name="ExitCode">Null while it runs.</param>
public sealed record SurvivingContainer(string Name, int Attempt, WallTime StartedAt, int? ExitCode)
{
    /// <summary>As in <see cref="ContainerExited"/>, where the runtime still knows; else empty.</summary>
    public string Reason { get; init; } = "";
}

/// <param name="Runtime">The runtime's first class.</param>
public sealed record SurvivingPod(string Runtime, PodLaunch Launch, string Ip, ImmutableArray<SurvivingContainer> Containers);
