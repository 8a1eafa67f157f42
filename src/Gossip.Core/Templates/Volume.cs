using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Something that the containers of a pod may mount; ends with the pod, except what is the host's.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")] // a pod is remembered as JSON beside its containers
[JsonDerivedType(typeof(EmptyDirVolume), "emptyDir")]
[JsonDerivedType(typeof(HostPathVolume), "hostPath")]
[JsonDerivedType(typeof(FilesVolume), "files")]
public abstract record Volume(string Name);

/// <param name="InMemory">A tmpfs; what is in it counts as the containers' memory.</param>
/// <param name="SizeLimit">Beyond it the pod is evicted; null for none.</param>
public sealed record EmptyDirVolume(string Name, bool InMemory, Bytes? SizeLimit) : Volume(Name);

/// <param name="Type">As in Kubernetes: empty, <c>Directory</c>, <c>DirectoryOrCreate</c>, <c>File</c>, <c>FileOrCreate</c>, <c>Socket</c> …</param>
public sealed record HostPathVolume(string Name, string Path, string Type) : Volume(Name);

/// <summary>
/// ConfigMap, Secret, downward API or several of them projected: to a runtime all are files that the core hands it
/// (VolumeFiles) and hands it anew when an object changed.
/// </summary>
/// <param name="Mode">Of files that name none, as in chmod.</param>
/// <param name="InMemory">It holds secrets: a tmpfs where the runtime can.</param>
public sealed record FilesVolume(string Name, int Mode, bool InMemory, ImmutableArray<FileSource> Sources) : Volume(Name);

/// <summary>Where some of the files of a volume come from.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "from")]
[JsonDerivedType(typeof(ConfigSource), "config")]
[JsonDerivedType(typeof(FieldSource), "field")]
public abstract record FileSource;

/// <param name="Items">Which keys become which files; empty for every key under its own name.</param>
public sealed record ConfigSource(ConfigRef From, ImmutableArray<ConfigItem> Items) : FileSource;

/// <summary>One file of the downward API: a field of the pod, or an amount that a container may have.</summary>
public sealed record FieldSource(string Path, int? Mode, string? FieldPath, ResourceField? Resource) : FileSource;

/// <param name="Path">Relative to the volume, without <c>..</c>.</param>
public readonly record struct ConfigItem(string Key, string Path, int? Mode);

/// <param name="Optional">A pod may start without it; otherwise it waits for it.</param>
public readonly record struct ConfigRef(bool IsSecret, string Name, bool Optional);

/// <summary>One key of a ConfigMap or Secret.</summary>
public readonly record struct ConfigKey(ConfigRef From, string Key);

/// <summary>Kubernetes' <c>resourceFieldRef</c>.</summary>
/// <param name="Container">Whose; in a container's own variables it may be empty for itself.</param>
/// <param name="Resource"><c>limits.cpu</c>, <c>requests.memory</c> …</param>
/// <param name="Divisor">In thousandths: 1 for <c>1m</c>, 1000 for <c>1</c>. The answer is rounded up.</param>
public readonly record struct ResourceField(string Container, string Resource, long Divisor);
