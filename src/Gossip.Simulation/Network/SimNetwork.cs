using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Network;

/// <summary>
/// Carries bytes between machines with every fault that a real network has. Datagrams are lost, doubled and
/// overtaken. Frames of a stream arrive in order or fail, as TCP does: refused when the machine is up and the
/// process is not, unreachable when the machine or the way to it is gone.
/// </summary>
internal sealed class SimNetwork(int nodes, RandomStream random, EventQueue queue, BufferPool buffers, Sometimes sometimes)
{
    /// <summary>How long a connect waits for a machine that does not answer.</summary>
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    // By link, most of which carry no fault and no frame: a thousand nodes have a million links.
    readonly bool[] blocked = new bool[nodes * nodes];
    readonly Dictionary<int, double> extraLoss = [];
    readonly Dictionary<int, long> lastFrame = [];

    public LinkFaults Faults { get; set; } = LinkFaults.None;

    public static NodeAddress AddressOf(int node) => NodeAddress.V4(0x0A00_0001u + (uint)node, 7946);
    public static int IndexOf(NodeAddress address) => (int)((uint)address.Low - 0x0A00_0001u);

    public void Block(int from, int to, bool isBlocked) => blocked[from * nodes + to] = isBlocked;
    public bool IsBlocked(int from, int to) => blocked[from * nodes + to];
    public void Lose(int from, int to, double share) => extraLoss[from * nodes + to] = share;

    public void Heal()
    {
        Faults = LinkFaults.None;
        Array.Clear(blocked);
        extraLoss.Clear();
    }

    public void Send(SimNode from, NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        var target = IndexOf(to);
        if ((uint)target >= (uint)nodes) return;
        var link = from.Index * nodes + target;
        if (blocked[link])
        {
            sometimes.Count("a datagram hits a partition");
            return;
        }
        var loss = Faults.Loss + (extraLoss.Count == 0 ? 0 : extraLoss.GetValueOrDefault(link));
        if (target != from.Index && loss > 0 && random.Chance(loss))
        {
            sometimes.Count("a datagram is lost");
            return;
        }
        Deliver(from, to, target, datagram);
        if (Faults.Duplication > 0 && random.Chance(Faults.Duplication))
        {
            sometimes.Count("a datagram arrives twice");
            Deliver(from, to, target, datagram);
        }
    }

    void Deliver(SimNode from, NodeAddress to, int target, ReadOnlySpan<byte> datagram)
    {
        _ = to;
        var copy = buffers.Rent(datagram.Length);
        datagram.CopyTo(copy);
        queue.Add(queue.Now + Latency().Ticks, new SimEvent
        {
            Kind = SimEventKind.Datagram,
            Node = target,
            Life = -1,
            Peer = from.Address,
            Bytes = copy,
            Length = datagram.Length,
        });
    }

    public void SendFrame(SimNode from, SimNode? target, NodeAddress to, ReadOnlySpan<byte> frame)
    {
        if (target is null || target.Index == from.Index && !target.IsUp || !Reaches(from, target))
        {
            Fail(from, to, StreamFailure.Unreachable, ConnectTimeout);
            return;
        }
        if (!target.IsUp)
        {
            Fail(from, to, StreamFailure.Refused, 2 * Latency());
            return;
        }
        var link = from.Index * nodes + target.Index;
        var arrives = Math.Max(queue.Now + 2 * Latency().Ticks, lastFrame.GetValueOrDefault(link) + 1);
        lastFrame[link] = arrives;
        var copy = buffers.Rent(frame.Length);
        frame.CopyTo(copy);
        queue.Add(arrives, new SimEvent
        {
            Kind = SimEventKind.Frame,
            Node = target.Index,
            Life = target.Life,
            Peer = from.Address,
            Bytes = copy,
            Length = frame.Length,
        });
    }

    /// <summary>Whether a connection between two machines can be held now: both ways, and the other machine has power.</summary>
    public bool Reaches(SimNode from, SimNode target) =>
        target.HasPower && !IsBlocked(from.Index, target.Index) && !IsBlocked(target.Index, from.Index);

    /// <summary>Tells <paramref name="from"/>, if the same process still lives then, that it could not reach <paramref name="to"/>.</summary>
    public void Fail(SimNode from, NodeAddress to, StreamFailure why, TimeSpan after)
    {
        sometimes.Count(why == StreamFailure.Refused ? "a stream is refused" : "a stream finds nobody");
        queue.Add(queue.Now + after.Ticks, new SimEvent
        {
            Kind = SimEventKind.StreamFailed,
            Node = from.Index,
            Life = from.Life,
            Peer = to,
            Failure = why,
        });
    }

    public TimeSpan Latency()
    {
        var latency = random.Between(Faults.LatencyLeast, Faults.LatencyMost);
        if (Faults.Stragglers > 0 && random.Chance(Faults.Stragglers))
        {
            sometimes.Count("a datagram straggles");
            latency += random.Between(TimeSpan.Zero, Faults.StragglerDelay);
        }
        return latency;
    }
}
