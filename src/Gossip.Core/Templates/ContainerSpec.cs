using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Templates;

/// <summary>What a container is to its pod.</summary>
public enum ContainerRole : byte
{
    /// <summary>What the pod is for. All of them run at once.</summary>
    Main,
    /// <summary>Runs to its success before the next one starts, and before any main container does.</summary>
    Init,
    /// <summary>An init container with <c>restartPolicy: Always</c>: once it has started the next may, and it ends after the main ones.</summary>
    Sidecar,
}

/// <summary>When an image is fetched. The default is <see cref="Always"/> for the tag <c>latest</c> or none, else <see cref="IfNotPresent"/>.</summary>
public enum PullPolicy : byte { IfNotPresent, Always, Never }

/// <summary>A port that a container listens on; <paramref name="HostPort"/> 0 means none on the host.</summary>
public readonly record struct ContainerPort(string Name, ushort Number, ushort HostPort, PortProtocol Protocol);

/// <summary>
/// One variable of a container: literal, unless one of the others says where its value comes from. All are resolved
/// when the container starts (<c>Pods/Configuration</c>), so runtimes see names and values only.
/// </summary>
/// <param name="FieldPath">metadata.name, metadata.labels['x'], status.podIP, spec.nodeName …</param>
public readonly record struct EnvironmentVariable(string Name, string Value, string? FieldPath)
{
    /// <summary>A key of a ConfigMap or Secret.</summary>
    public ConfigKey? Key { get; init; }

    /// <summary>An amount that a container may have.</summary>
    public ResourceField? Resource { get; init; }
}

/// <summary>All keys of a ConfigMap or Secret as variables, each behind a prefix.</summary>
public readonly record struct EnvironmentSource(ConfigRef From, string Prefix);

/// <summary>A volume of the pod as one container sees it.</summary>
/// <param name="Path">Absolute, where it appears.</param>
/// <param name="SubPath">The part of the volume that appears there; empty for the whole.</param>
public readonly record struct VolumeMount(string Volume, string Path, string SubPath, bool ReadOnly);

/// <summary>As whom and with which rights a container runs; the container's own settings over the pod's.</summary>
public sealed record SecuritySettings
{
    public static readonly SecuritySettings None = new();
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public bool RunAsNonRoot { get; init; }
    public ImmutableArray<long> Groups { get; init; } = [];
    public bool ReadOnlyRoot { get; init; }
    public bool Privileged { get; init; }
    public bool NoNewPrivileges { get; init; }

    /// <summary>Without <c>CAP_</c>, as in manifests; <c>ALL</c> for all.</summary>
    public ImmutableArray<string> AddCapabilities { get; init; } = [];
    public ImmutableArray<string> DropCapabilities { get; init; } = [];
}

/// <summary>One container of a pod, as far as placing, starting and watching it goes.</summary>
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
    Resources Limits)
{
    public ContainerRole Role { get; init; }
    public PullPolicy PullPolicy { get; init; }
    public ImmutableArray<EnvironmentSource> EnvironmentFrom { get; init; } = [];
    public ImmutableArray<VolumeMount> Mounts { get; init; } = [];
    public SecuritySettings Security { get; init; } = SecuritySettings.None;
    public Probe? Startup { get; init; }
    public Probe? Liveness { get; init; }
    public Probe? Readiness { get; init; }
    public PodAction? PostStart { get; init; }
    public PodAction? PreStop { get; init; }

    /// <summary>Standard input stays open for those who attach.</summary>
    public bool Stdin { get; init; }

    /// <summary>It runs on a terminal; its output and errors are one stream.</summary>
    public bool Terminal { get; init; }
}
