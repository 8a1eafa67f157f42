namespace Gossip.Node.Streams;

/// <summary>The other node is gone, or cannot be reached. The message says how that showed.</summary>
sealed class ConnectionLost(string message, Exception? inner = null) : IOException(message, inner);
