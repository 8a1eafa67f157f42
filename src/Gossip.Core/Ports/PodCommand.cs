using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Ports;

/// <summary>
/// What the core wants of a node's pods. Every command is idempotent: it says what should be, not what to change.
/// Commands that name a container are carried out in order for that container and beside those for others; the rest
/// in order for the whole pod.
/// </summary>
/// <param name="Runtime">The runtime class that the manifest asked for; see <see cref="RuntimeNames"/>.</param>
abstract record PodCommand(PodRun Pod, string Runtime);

/// <summary>
/// Give the pod its address, its volumes and whatever else its containers share. Answered by <see cref="PodPrepared"/> or <see
/// cref="PodFailed"/>.
/// </summary>
sealed record PreparePod(PodRun Pod, string Runtime, PodLaunch Launch, ImmutableArray<VolumeFiles> Files) : PodCommand(Pod, Runtime);

/// <summary>A ConfigMap, a Secret or a label changed: have these files in the pod's volumes, all at once. No answer.</summary>
sealed record UpdateFiles(PodRun Pod, string Runtime, ImmutableArray<VolumeFiles> Files) : PodCommand(Pod, Runtime);

/// <summary>
/// Start one container of a prepared pod, fetching its image first where it must. Answered by
/// <see cref="ContainerStarted"/>, <see cref="ContainerNotStarted"/> or <see cref="ContainerExited"/>.
/// </summary>
sealed record StartContainer(PodRun Pod, string Runtime, ContainerStart Start) : PodCommand(Pod, Runtime);

/// <summary>
/// End one attempt of a container (SIGTERM, then SIGKILL to all of it once the grace is over); the pod stays. Answered
/// by its <see cref="ContainerExited"/>, or by nothing when it does not run.
/// </summary>
sealed record StopContainer(PodRun Pod, string Runtime, string Container, int Attempt, TimeSpan Grace) : PodCommand(Pod, Runtime);

/// <summary>
/// Probe a running container, or run one of its hooks. Answered by <see cref="ActionEnded"/>, within <paramref name="Within"/> or as
/// failed.
/// </summary>
/// <param name="Ip">The pod's address.</param>
sealed record RunAction(
    PodRun Pod, string Runtime, string Container, int Attempt, ActionPurpose Purpose, PodAction Action, string Ip, TimeSpan Within)
    : PodCommand(Pod, Runtime);

/// <summary>
/// End every container (SIGTERM, then SIGKILL to the whole group once the grace is over) and free whatever the pod
/// held. Answered by <see cref="PodStopped"/>, also for a pod that the runtime does not know.
/// </summary>
sealed record StopPod(PodRun Pod, string Runtime, TimeSpan Grace) : PodCommand(Pod, Runtime);

/// <summary>
/// Let nothing of a singleton live beyond that moment of the node's monotonic clock, unless another such command came, whatever
/// becomes of the node's process. Not held up by other commands for the pod. No answer but the containers' ends.
/// </summary>
sealed record LeasePod(PodRun Pod, string Runtime, Instant Until) : PodCommand(Pod, Runtime);

/// <summary>All that a runtime needs to know to run a pod; it keeps it beside the pod, to adopt it later. Holds no secret.</summary>
public sealed record PodLaunch(
    PodRun Pod, string Name, string Namespace, string Uid, string NodeName, PodTemplate Template);

/// <summary>One attempt of one container, with everything that had to be looked up for it.</summary>
/// <param name="Attempt">From 0; grows with each restart.</param>
/// <param name="Environment">Resolved and expanded, each name once, in the order in which they were declared.</param>
/// <param name="Credentials">For registries, when the image has to be pulled.</param>
public sealed record ContainerStart(
    string Container, int Attempt, ImmutableArray<KeyValuePair<string, string>> Environment, ImmutableArray<RegistryCredential> Credentials)
{
    /// <summary>A start that needs neither variables nor secrets.</summary>
    public static ContainerStart Bare(string container, int attempt) => new(container, attempt, [], []);
}

/// <param name="Registry">Host, with its port where it has one.</param>
public sealed record RegistryCredential(string Registry, string User, string Password)
{
    /// <summary>Without the password: logs print records.</summary>
    public override string ToString() => $"{User} at {Registry}";
}

/// <summary>Everything that one volume of files holds.</summary>
public sealed record VolumeFiles(string Volume, ImmutableArray<VolumeFile> Files);

/// <param name="Path">Relative to the volume, with <c>/</c>, without <c>..</c>.</param>
/// <param name="Mode">As in chmod.</param>
public sealed record VolumeFile(string Path, ReadOnlyMemory<byte> Content, int Mode);

/// <summary>What a <see cref="RunAction"/> is for.</summary>
public enum ActionPurpose : byte
{
    /// <summary>The startup probe.</summary>
    Startup,

    /// <summary>The liveness probe.</summary>
    Liveness,

    /// <summary>The readiness probe.</summary>
    Readiness,

    /// <summary>The hook after the start.</summary>
    PostStart,

    /// <summary>The hook before the stop.</summary>
    PreStop,
}
