namespace Gossip.Core.Wire;

/// <summary>Why something from outside was dropped. Each is counted; none changes any state.</summary>
enum Reject : byte
{
    None,
    /// <summary>Shorter than its envelope, or cut inside a message.</summary>
    Truncated,
    /// <summary>Longer than the bound for its kind.</summary>
    TooLarge,
    /// <summary>A protocol version that this build does not speak.</summary>
    OldVersion,
    /// <summary>Sealed for another cluster.</summary>
    WrongCluster,
    /// <summary>Sealed with a key that is not in the keyring.</summary>
    UnknownKey,
    /// <summary>The seal does not verify: forged, or damaged on the way.</summary>
    Forged,
    /// <summary>Seen before, or too old for the replay window.</summary>
    Replayed,
    /// <summary>From an earlier life of its sender.</summary>
    StaleBoot,
    /// <summary>Authentic, but not what its kind says it should be.</summary>
    Malformed,
    /// <summary>For somebody else: the address belonged to another node before.</summary>
    Misdirected,
}
