namespace Gossip.Core.Tables;

/// <summary>One field of an object: its path (<c>spec.replicas</c>, <c>data.a.b</c>: the first dot parts) and its JSON, UTF-8.</summary>
public readonly record struct ObjectField(string Path, ReadOnlyMemory<byte> Json);
