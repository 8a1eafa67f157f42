namespace Gossip.Core.Ports;

/// <summary>A question to the host app's own code, which runs at the edge: the core asks, and never waits.</summary>
/// <param name="Number">Comes back with the answer.</param>
abstract record HostCall(ulong Number);
