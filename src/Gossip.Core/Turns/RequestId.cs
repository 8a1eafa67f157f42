namespace Gossip.Core.Turns;

/// <summary>Chosen by the driver, unique among its open requests.</summary>
readonly record struct RequestId(ulong Value);
