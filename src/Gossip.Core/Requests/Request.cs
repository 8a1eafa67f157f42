using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Core.Requests;

/// <summary>Answered by <see cref="ObjectStored"/>, or refused AlreadyExists, TooLarge, Invalid.</summary>
public sealed record CreateObject(ObjectName Name, string ApiVersion, ImmutableArray<ObjectField> Fields) : Request
{
    /// <summary>What its template was read as already; null to have it read.</summary>
    public ParsedTemplate? Template { get; init; }
}

/// <summary>
/// Makes the object's fields these: writes only the cells that differ, and null cells for those left out.
/// Answered by <see cref="ObjectStored"/>, or refused NotFound, Conflict.
/// </summary>
/// <param name="IfVersion">The resource version it was read at on this node; 0 for whatever it is now.</param>
public sealed record ReplaceObject(ObjectName Name, ulong IfVersion, ImmutableArray<ObjectField> Fields) : Request
{
    /// <inheritdoc cref="CreateObject.Template"/>
    public ParsedTemplate? Template { get; init; }
}

/// <summary>
/// Deletes every live object of the name that this node sees. For a derived pod (kind Pod with an owner) raises its
/// least epoch instead, so that a fresh one takes its place. Answered by <see cref="Deleted"/>, or refused NotFound.
/// </summary>
/// <param name="Grace">Null for the pod's own.</param>
public sealed record DeleteObject(ObjectName Name, TimeSpan? Grace) : Request;

/// <summary>
/// Ends the run of a pod, as its disruption budget allows, so that the next one is elsewhere; a bare Pod moves too. Answered by
/// <see cref="Evicted"/> once that is durable, or refused NotFound, Conflict (another uid), Disrupted (its budget
/// forbids it now), Invalid (several budgets), Unavailable (nobody could decide in time).
/// </summary>
/// <param name="Uid">The pod's as shown, which must still be its own; empty for any.</param>
/// <param name="DryRun">Only says whether.</param>
public sealed record EvictPod(ObjectName Name, string Uid = "", bool DryRun = false) : Request;

/// <summary>
/// Names other voters, by whose majority singletons run: any number at first, then one name more or less at a time. With no names it
/// only asks. Answered by <see cref="VotersAre"/> once most of the voters before have durably consented, or refused NotFound (no live
/// node of the name), Invalid, Conflict (another change came first), Unavailable (too few consent, now).
/// </summary>
public sealed record ChangeVoters(ImmutableArray<string> Add, ImmutableArray<string> Remove) : Request;

/// <summary>Answered by <see cref="Seen"/>: everything this node knows now.</summary>
public sealed record Look : Request
{
    /// <summary>The one instance.</summary>
    public static readonly Look Around = new();
}

/// <summary>The object was created or changed: as it is shown now.</summary>
public sealed record ObjectStored(ObjectView Object) : Reply;

/// <summary>The object was deleted, or is on its way out.</summary>
public sealed record Deleted(ObjectName Name) : Reply;

/// <param name="Run">Which run ends: it is gone once no view shows an admission of it. Null when none ran.</param>
public sealed record Evicted(ObjectName Name, PodRun? Run) : Reply;

/// <param name="Version">0 while nobody is named.</param>
public sealed record VotersAre(uint Version, ImmutableArray<string> Names) : Reply;

/// <summary>The view that was asked for.</summary>
public sealed record Seen(ClusterView View) : Reply;
