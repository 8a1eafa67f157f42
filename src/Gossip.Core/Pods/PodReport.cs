using System.Collections.Immutable;
using Gossip.Core.Model;

namespace Gossip.Core.Pods;

/// <summary>What a runtime tells the core. A report on a pod that the core does not know is ignored.</summary>
public abstract record PodReport;

/// <summary>The pod has an address; its containers may start.</summary>
public sealed record PodPrepared(PodRun Pod, string Ip) : PodReport;

/// <summary>The pod cannot be prepared here. The core withdraws it, and others may have it.</summary>
public sealed record PodFailed(PodRun Pod, string Reason, string Message) : PodReport;

public sealed record ContainerStarted(PodRun Pod, string Container, int Attempt, WallTime At) : PodReport;

/// <summary>A container ended, or could not start (<paramref name="Reason"/> then names why: <c>StartError</c>).</summary>
/// <param name="ExitCode">128 + n for signal n, as a shell has it.</param>
public sealed record ContainerExited(PodRun Pod, string Container, int Attempt, int ExitCode, string Reason, string Message, WallTime At) : PodReport;

/// <summary>Nothing of the pod runs any more, and what it held is free.</summary>
public sealed record PodStopped(PodRun Pod) : PodReport;

/// <summary>The first report after a start: what still runs from this node's earlier life, possibly nothing.</summary>
public sealed record PodsSurvived(ImmutableArray<SurvivingPod> Pods) : PodReport;

/// <param name="ExitCode">Null while it runs.</param>
public sealed record SurvivingContainer(string Name, int Attempt, WallTime StartedAt, int? ExitCode);

public sealed record SurvivingPod(string Runtime, PodLaunch Launch, string Ip, ImmutableArray<SurvivingContainer> Containers);
