using System.Collections.Immutable;

namespace Gossip.Core.Model;

public enum RestartPolicy : byte { Always, OnFailure, Never }

public enum PortProtocol : byte { Tcp, Udp, Sctp }

/// <summary>A port that a container listens on; <paramref name="HostPort"/> 0 means none on the host.</summary>
public readonly record struct ContainerPort(string Name, ushort Number, ushort HostPort, PortProtocol Protocol);

/// <summary>A port of the host that at most one pod on a node may have.</summary>
public readonly record struct HostPort(ushort Number, PortProtocol Protocol);

/// <summary>
/// One variable of a container. <paramref name="FieldPath"/> (metadata.name, metadata.namespace, status.podIP,
/// spec.nodeName …) is filled in when the container starts; else <paramref name="Value"/> is literal.
/// </summary>
public readonly record struct EnvironmentVariable(string Name, string Value, string? FieldPath);

/// <summary>One container of a pod, as far as placing and starting it goes.</summary>
/// <param name="Requests">What placement counts; limits where only limits were given.</param>
/// <param name="Limits">What the runtime enforces where it can; zero parts mean none.</param>
public sealed record ContainerSpec(
    string Name,
    string Image,
    ImmutableArray<string> Command,
    ImmutableArray<string> Args,
    ImmutableArray<EnvironmentVariable> Environment,
    string WorkingDirectory,
    ImmutableArray<ContainerPort> Ports,
    Resources Requests,
    Resources Limits);

/// <summary>
/// The typed view of a pod template: what the core decides by. The manifest's own JSON stays in the object's cells,
/// with everything that this view does not know.
/// </summary>
/// <param name="Hash">Stable hash of the template's canonical bytes; part of every pod's id.</param>
/// <param name="Requests">Of the whole pod: containers summed, one pod.</param>
/// <param name="RuntimeClass">Which runtime runs it; <see cref="RuntimeNames.Containers"/> when the manifest names none.</param>
/// <param name="NodeName">The only node it may run on, or empty.</param>
/// <param name="LossGrace">How long after its node's death it is replaced; null for the cluster's default. Annotation <c>gossip.dev/loss-grace</c>.</param>
public sealed record PodTemplate(
    ulong Hash,
    Labels Labels,
    Labels Annotations,
    ImmutableArray<ContainerSpec> Containers,
    Resources Requests,
    Labels NodeSelector,
    ImmutableArray<Toleration> Tolerations,
    ImmutableArray<HostPort> HostPorts,
    string RuntimeClass,
    string NodeName,
    RestartPolicy RestartPolicy,
    TimeSpan TerminationGrace,
    TimeSpan? LossGrace);

/// <summary>The runtimes that this build knows by name. A node advertises those it has.</summary>
public static class RuntimeNames
{
    /// <summary>Pods with images and no runtime class: any container engine.</summary>
    public const string Containers = "containers";
    public const string Process = "process";
    public const string InProcess = "in-process";
}
