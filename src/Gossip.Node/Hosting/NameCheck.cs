using System.Security.Cryptography;
using System.Threading.Channels;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Node;

/// <summary>
/// Finds out, before a node begins its life, whether another one goes by its name and answers: two of one name would outbid each
/// other's lives for ever, and the pods of both would restart each second. Whoever does not answer holds no name.
/// </summary>
/// <param name="loop">Gets all that arrives once the check is over.</param>
sealed class NameCheck(IArrivals loop, ITransport transport, string name) : IArrivals
{
    const int MostAsked = 16;

    /// <summary>For all answers together; a datagram may be lost, so each is asked several times.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), AskAgain = TimeSpan.FromMilliseconds(200);

    readonly NodeId node = NodeId.Of(name);
    readonly ulong nonce = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    readonly Channel<(NodeAddress From, NameAnswer? Answer)> heard = Channel.CreateBounded<(NodeAddress, NameAnswer?)>(
        new BoundedChannelOptions(4 * MostAsked) { FullMode = BoundedChannelFullMode.DropWrite });
    volatile bool isOver;

    /// <summary>Asks the seeds, and whom they name. Where a node of this name answers; null when none does within a second.</summary>
    public async Task<NodeAddress?> FindHolderAsync(IEnumerable<NodeAddress> seeds, CancellationToken cancel)
    {
        var asked = seeds.Where(seed => seed != transport.Address).Take(MostAsked).ToHashSet();
        var waiting = new HashSet<NodeAddress>(asked);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            while (waiting.Count > 0)
                if (await AskAsync(waiting, asked, patience.Token).ConfigureAwait(false) is { } holder) return holder;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Those who have not answered by now are not there.
        }
        finally
        {
            isOver = true;
        }
        return null;
    }

    /// <summary>Asks those who have not answered yet, and hears answers for a while.</summary>
    async Task<NodeAddress?> AskAsync(HashSet<NodeAddress> waiting, HashSet<NodeAddress> asked, CancellationToken cancel)
    {
        foreach (var to in waiting) Ask(to);
        using var again = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        again.CancelAfter(AskAgain);
        try
        {
            while (waiting.Count > 0)
            {
                var (from, answer) = await heard.Reader.ReadAsync(again.Token).ConfigureAwait(false);
                if (answer is { } its && (its.Node != node || its.Nonce != nonce)) continue; // an answer to another question
                waiting.Remove(from);
                if (answer is not { } told) continue;
                if (told.IsMine) return from;
                var holder = told.Holder;
                if (holder == NodeAddress.None || holder == transport.Address) continue;
                if (asked.Count >= 2 * MostAsked || !asked.Add(holder)) continue;
                waiting.Add(holder);
                Ask(holder);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It is time to ask again.
        }
        return null;
    }

    void Ask(NodeAddress to)
    {
        var datagram = new WireBuffer(64);
        Envelope.WriteHeader(datagram, NodeId.None, boot: 0);
        Envelope.Append(datagram, new NameQuery(node, nonce));
        transport.Send(to, datagram.Written);
    }

    public void DatagramArrived(NodeAddress from, ReadOnlySpan<byte> payload)
    {
        if (isOver) loop.DatagramArrived(from, payload);
        else if (TryRead(payload.ToArray(), out var answer)) heard.Writer.TryWrite((from, answer));
    }

    public ValueTask FrameArrivedAsync(NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel) =>
        isOver ? loop.FrameArrivedAsync(from, payload, cancel) : ValueTask.CompletedTask; // peers ask again

    public void StreamFailed(NodeAddress to, StreamFailure why)
    {
        if (isOver) loop.StreamFailed(to, why);
        else heard.Writer.TryWrite((to, null));
    }

    public void Rejected(NodeAddress from, Reject why) => loop.Rejected(from, why);

    static bool TryRead(ReadOnlyMemory<byte> payload, out NameAnswer answer)
    {
        answer = default;
        if (payload.Length < Limits.EnvelopeHeader) return false;
        var rest = payload[Limits.EnvelopeHeader..];
        try
        {
            while (Envelope.TryNext(ref rest, out var kind, out var body, out _))
            {
                if (kind != MessageKind.NameAnswer) continue;
                var reader = new MessagePackReader(body);
                answer = NameAnswer.Read(ref reader);
                return true;
            }
        }
        catch (Exception malformed) when (Codec.IsMalformed(malformed))
        {
            // Nobody's answer.
        }
        return false;
    }
}
