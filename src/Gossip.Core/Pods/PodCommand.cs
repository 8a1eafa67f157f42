using Gossip.Core.Model;

namespace Gossip.Core.Pods;

/// <summary>What the core wants of a pod runtime. Every command is idempotent: it says what should be, not what to change.</summary>
public abstract record PodCommand(PodRun Pod, string Runtime);

/// <summary>Give the pod its address and whatever its containers share. Answered by <see cref="PodPrepared"/> or <see cref="PodFailed"/>.</summary>
public sealed record PreparePod(PodRun Pod, string Runtime, PodLaunch Launch) : PodCommand(Pod, Runtime);

/// <summary>Start one container of a prepared pod. Answered by <see cref="ContainerStarted"/> or <see cref="ContainerExited"/>.</summary>
/// <param name="Attempt">From 0; grows with each restart.</param>
public sealed record StartContainer(PodRun Pod, string Runtime, string Container, int Attempt) : PodCommand(Pod, Runtime);

/// <summary>
/// End every container (SIGTERM, then SIGKILL to the whole group once the grace is over) and free whatever the pod
/// held. Answered by <see cref="PodStopped"/>, also for a pod that the runtime does not know.
/// </summary>
public sealed record StopPod(PodRun Pod, string Runtime, TimeSpan Grace) : PodCommand(Pod, Runtime);

/// <summary>All that a runtime needs to know to run a pod; it keeps it beside the pod, to adopt it later.</summary>
public sealed record PodLaunch(
    PodRun Pod, string Name, string Namespace, string Uid, string NodeName, PodTemplate Template);
