using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Loop;

/// <summary>
/// Says what was dropped, at most once a second for each peer. Peers' addresses may be forged, so only so many are
/// remembered: beyond them all strangers share one second.
/// </summary>
sealed partial class RejectLog(ILogger logger)
{
    const int MostPeers = 1024;
    readonly Lock gate = new();
    readonly Dictionary<NodeAddress, long> saidAt = [];

    public void Say(NodeAddress from, Reject why)
    {
        if (!logger.IsEnabled(LogLevel.Warning)) return;
        var now = Environment.TickCount64;
        lock (gate)
        {
            if (saidAt.Count >= MostPeers && !saidAt.ContainsKey(from)) from = NodeAddress.None;
            if (saidAt.TryGetValue(from, out var before) && now - before < 1000) return;
            saidAt[from] = now;
            if (saidAt.Count > MostPeers) saidAt.Clear();
        }
        if (Hint(why) is { } hint) DroppedFor(from, why, hint);
        else Dropped(from, why);
    }

    /// <summary>What an operator may have set wrong; null where the network or a stranger is more likely.</summary>
    static string? Hint(Reject why) => why switch
    {
        Reject.UnknownKey or Reject.Forged => "its Keyring is another, if it is one of ours",
        Reject.WrongCluster => "its Cluster or Keyring is another, if it is one of ours",
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Warning, "dropped what came from {From}: {Why}")]
    partial void Dropped(NodeAddress from, Reject why);

    [LoggerMessage(2, LogLevel.Warning, "dropped what came from {From}: {Why}: {Hint}")]
    partial void DroppedFor(NodeAddress from, Reject why, string hint);
}
