namespace Gossip.Core.Ports;

/// <summary>What a user (the API, the CLI, the host app) can ask of a node. Each gets exactly one <see cref="Reply"/>.</summary>
public abstract record Request;

/// <summary>An answer to a <see cref="Request"/>.</summary>
public abstract record Reply;

/// <summary>The answer is no.</summary>
/// <param name="Field">What of the input is to blame, as a path; empty when it is not one field.</param>
public sealed record Refused(RefusedBecause Because, string Message, string Field = "") : Reply;

/// <summary>Why a request is refused.</summary>
public enum RefusedBecause : byte
{
    /// <summary>The object does not exist.</summary>
    NotFound,

    /// <summary>An object of that name exists.</summary>
    AlreadyExists,

    /// <summary>The object changed since it was read.</summary>
    Conflict,

    /// <summary>A bound of size is passed.</summary>
    TooLarge,

    /// <summary>A field has no legal value.</summary>
    Invalid,

    /// <summary>This node cannot do it now.</summary>
    Unavailable,

    /// <summary>A disruption budget does not allow it now.</summary>
    Disrupted,
}
