using Gossip.Core.Turns;

namespace Gossip.Core.Ports;

/// <summary>What a user (the API, the CLI, the host app) can ask of a node. Each gets exactly one <see cref="Reply"/>.</summary>
public abstract record Request;

/// <summary>An answer to a <see cref="Request"/>.</summary>
public abstract record Reply;

/// <summary>The answer is no.</summary>
/// <param name="Field">What of the input is to blame, as a path; empty when it is not one field.</param>
public sealed record Refused(RefusedBecause Because, string Message, string Field = "") : Reply;

public enum RefusedBecause : byte { NotFound, AlreadyExists, Conflict, TooLarge, Invalid, Unavailable, Disrupted }
