using System.Collections.Immutable;
using System.Net.Sockets;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Streams;
using Gossip.Node.Transport;
using Microsoft.Extensions.Logging;

namespace Gossip.Node;

/// <summary>One seed as it was given, and what it stands for; no addresses for a name that nobody could resolve.</summary>
/// <param name="IsGuess">Nobody gave it: whoever has the default port of this machine may be of another cluster.</param>
sealed record Seed(string Text, ImmutableArray<NodeAddress> Addresses, string Problem = "", bool IsGuess = false);

/// <summary>
/// While a node is alone though it has seeds: asks each of them why it does not answer, and warns with the option that mends it. After five
/// seconds for the first time, then each minute, for as long as nobody is found.
/// </summary>
sealed partial class SeedWatch(ImmutableArray<Seed> seeds, string name, SocketTransport transport, Func<bool> isAlone, ILogger logger)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(5), Again = TimeSpan.FromMinutes(1);

    /// <summary>A node that does not know the key hangs up at once; one that does waits longer than that for a question.</summary>
    static readonly TimeSpan HangsUpWithin = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var wait in Waits())
            {
                await Task.Delay(wait, cancel).ConfigureAwait(false);
                if (isAlone())
                    await Task.WhenAll(seeds.Where(seed => wait == First || !seed.IsGuess).Select(seed => TellAsync(seed, cancel)))
                        .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    static IEnumerable<TimeSpan> Waits()
    {
        yield return First;
        while (true) yield return Again;
    }

    async Task TellAsync(Seed seed, CancellationToken cancel)
    {
        if (seed.Addresses.IsEmpty)
            Silent(seed.Text, $"its name cannot be resolved ({seed.Problem}): set {nameof(GossipOptions.Seeds)} to where other hosts are");
        foreach (var address in seed.Addresses)
            if (address != transport.Address && await DiagnoseAsync(address, cancel).ConfigureAwait(false) is var why)
                if (seed.IsGuess) NotOurs(seed.Text, why);
                else Silent(seed.Text, why);
    }

    async Task<string> DiagnoseAsync(NodeAddress address, CancellationToken cancel)
    {
        try
        {
            using var line = await transport.OpenSessionAsync(address, cancel).ConfigureAwait(false);
            var (_, why) = await line.ReceiveAsync(HangsUpWithin).ConfigureAwait(false);
            return why == Reject.None ? Namesake() : OtherKey();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Namesake(); // it took the hello
        }
        catch (ConnectionLost lost) when (lost.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return $"nobody listens there: start a host there, or set {nameof(GossipOptions.Seeds)} to where one is "
                + $"(and its {nameof(GossipOptions.BindAddress)}, when it listens on loopback only)";
        }
        catch (ConnectionLost lost) when (lost.InnerException is not null)
        {
            return $"it cannot be reached ({lost.Message}): open UDP and TCP of its port, "
                + $"or set {nameof(GossipOptions.Seeds)} to where a host is";
        }
        catch (Exception hungUp) when (hungUp is ConnectionLost or IOException or SocketException)
        {
            return OtherKey();
        }
    }

    static string OtherKey() =>
        "something listens there, but with another key or cluster label: "
        + $"set the same {nameof(GossipOptions.Keyring)} and {nameof(GossipOptions.Cluster)} on every host";

    string Namesake() =>
        "it has the same key, but takes this host for itself: "
        + $"set {nameof(GossipOptions.Name)}, which is '{name}' here, to another on every host";

    [LoggerMessage(
        51, LogLevel.Information, "alone: what has the default port of this machine, {Address}, is no node of this cluster: {Why}")]
    partial void NotOurs(string address, string why);

    [LoggerMessage(50, LogLevel.Warning, "alone: the seed {Seed} does not answer; {Why}")]
    partial void Silent(string seed, string why);
}
