using Gossip.Core;
using Gossip.Core.Ports;

namespace Gossip.Node.Loop;

/// <summary>What waits for the owner of a node.</summary>
/// <param name="Rented">The array behind the input's bytes; the owner gives it back.</param>
/// <param name="Asker">Who waits for the reply to a request.</param>
/// <param name="Watcher">Who waits for a newer view.</param>
readonly record struct Arrival(ArrivalKind Kind, NodeInput Input, byte[]? Rented = null, TaskCompletionSource<Reply>? Asker = null, Watcher? Watcher = null);

enum ArrivalKind : byte { Input, Watch, Compact, Stop }
