using System.Collections.Immutable;
using Gossip.Core.Primitives;

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
public enum PullPolicy : byte
{
    /// <summary>When the node does not hold it.</summary>
    IfNotPresent,

    /// <summary>Before each start.</summary>
    Always,

    /// <summary>Never: it must be there.</summary>
    Never,
}

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
    /// <summary>Nothing is asked for.</summary>
    public static readonly SecuritySettings None = new();

    /// <summary>The user id; null leaves it to the image.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>The group id; null leaves it to the image.</summary>
    public long? RunAsGroup { get; init; }

    /// <summary>Whether a start as root is refused.</summary>
    public bool RunAsNonRoot { get; init; }

    /// <summary>Further group ids.</summary>
    public ImmutableArray<long> Groups { get; init; } = [];

    /// <summary>Whether the container's root file system cannot be written.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>Whether nothing is kept from it.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether its programs cannot gain rights.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Without <c>CAP_</c>, as in manifests; <c>ALL</c> for all.</summary>
    public ImmutableArray<string> AddCapabilities { get; init; } = [];

    /// <summary>Capabilities that are taken away, by name.</summary>
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
    /// <summary>Whether it starts before the others, beside them, or is one of them.</summary>
    public ContainerRole Role { get; init; }

    /// <summary>When its image is pulled.</summary>
    public PullPolicy PullPolicy { get; init; }

    /// <summary>ConfigMaps and Secrets whose keys become variables.</summary>
    public ImmutableArray<EnvironmentSource> EnvironmentFrom { get; init; } = [];

    /// <summary>Where its volumes are.</summary>
    public ImmutableArray<VolumeMount> Mounts { get; init; } = [];

    /// <summary>What it may do on the machine.</summary>
    public SecuritySettings Security { get; init; } = SecuritySettings.None;

    /// <summary>The probe that must pass before the others begin; null when there is none.</summary>
    public Probe? Startup { get; init; }

    /// <summary>The probe whose failure restarts the container; null when there is none.</summary>
    public Probe? Liveness { get; init; }

    /// <summary>The probe that says whether the container takes traffic; null when there is none.</summary>
    public Probe? Readiness { get; init; }

    /// <summary>What is done right after its start; null when nothing.</summary>
    public PodAction? PostStart { get; init; }

    /// <summary>What is done before its stop; null when nothing.</summary>
    public PodAction? PreStop { get; init; }

    /// <summary>Standard input stays open for those who attach.</summary>
    public bool Stdin { get; init; }

    /// <summary>It runs on a terminal; its output and errors are one stream.</summary>
    public bool Terminal { get; init; }
}
