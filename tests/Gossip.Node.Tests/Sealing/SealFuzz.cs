using System.Net;
using System.Net.Sockets;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Sealing;

/// <summary>
/// A million hostile datagrams. Each kind is made from an authentic one, and the count of each reason must come out as it
/// was sent: nothing is taken that should not be, nothing is lost, nothing grows.
/// </summary>
public sealed class SealFuzz
{
    const int Datagrams = 1_000_000;
    const int Seed = 20261123;

    readonly Keyring keyring = Keyring.Generate();
    readonly SealContext home = SealContext.ForDatagrams("home");

    /// <summary>Makes datagrams of every kind, in an order drawn from the seed, and knows what each must be refused as.</summary>
    sealed class Attacker(Keyring keyring, SealContext home) : IDisposable
    {
        readonly Random random = new(Seed);
        readonly Sealer own = new(keyring, home);
        readonly Sealer foreign = new(keyring, SealContext.ForDatagrams("abroad"));
        readonly Sealer unknown = new(Keyring.Generate(), home);
        readonly byte[] text = new byte[Limits.DatagramPayload];
        readonly byte[] last = new byte[Limits.Datagram];
        int lastLength;

        public (int Length, Reject Expected) Next(byte[] datagram)
        {
            var size = random.Next(64);
            random.NextBytes(text.AsSpan(0, size));
            var kind = random.Next(64);
            if (kind < 16 || lastLength == 0)
            {
                lastLength = own.Seal(text.AsSpan(0, size), datagram);
                datagram.AsSpan(0, lastLength).CopyTo(last);
                return (lastLength, Reject.None);
            }
            last.AsSpan(0, lastLength).CopyTo(datagram);
            switch (kind)
            {
                case < 24: return (lastLength, Reject.Replayed);
                case < 32: return (foreign.Seal(text.AsSpan(0, size), datagram), Reject.WrongCluster);
                case < 40: return (unknown.Seal(text.AsSpan(0, size), datagram), Reject.UnknownKey);
                case < 48: return (random.Next(1, Limits.SealOverhead), Reject.Truncated);
                case < 54:
                    datagram[0] = (byte)(random.Next(255) + 2); // any version but 1
                    return (lastLength, Reject.OldVersion);
                case < 60: return (Limits.Datagram + 1, Reject.TooLarge);
                case < 62: return (lastLength - 1, lastLength - 1 < Limits.SealOverhead ? Reject.Truncated : Reject.Forged);
                default:
                    // A flipped bit behind cluster and key: session, counter, text or tag. (A failed tag costs the
                    // runtime an exception of some 8 µs, so there are fewer of these.)
                    datagram[random.Next(9, lastLength)] ^= (byte)(1 << random.Next(8));
                    return (lastLength, Reject.Forged);
            }
        }

        public void Dispose()
        {
            own.Dispose();
            foreign.Dispose();
            unknown.Dispose();
        }
    }

    [Fact]
    public void A_million_hostile_datagrams_are_each_refused_for_their_reason()
    {
        using var attacker = new Attacker(keyring, home);
        var replays = new ReplayWindows();
        using var opener = new Opener(keyring, home, replays, Limits.Datagram);
        var datagram = new byte[Limits.Datagram + 1];
        var text = new byte[Limits.Datagram];
        var wrong = 0;
        for (var i = 0; i < Datagrams; i++)
        {
            var (length, expected) = attacker.Next(datagram);
            if (opener.Open(datagram.AsSpan(0, length), text, out _) != expected) wrong++;
        }
        Assert.Equal(0, wrong);
        Assert.Equal(1, replays.Count); // who cannot seal makes no session: nothing grew
    }

    [Fact]
    public async Task A_node_under_hostile_datagrams_still_hears_its_peers()
    {
        var counted = new CountingArrivals();
        await using var node = new SocketTransport(new IPEndPoint(IPAddress.Loopback, 0), null, "home", keyring);
        node.Start(counted);
        var target = node.Address.ToEndPoint();
        using var attacker = new Attacker(keyring, home);
        using var wire = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var datagram = new byte[Limits.Datagram + 1];
        var sent = new long[Enum.GetValues<Reject>().Length];

        // The kernel drops what overruns the buffer, so after each batch the last of it is awaited.
        for (var batch = 0; batch < 1000; batch++)
        {
            for (var i = 0; i < 100; i++)
            {
                var (length, expected) = attacker.Next(datagram);
                sent[(int)expected]++;
                wire.SendTo(datagram.AsSpan(0, length), SocketFlags.None, target);
            }
            await counted.ReachAsync(sent.Sum());
        }
        Assert.Equal(sent, counted.Counts);
    }

    sealed class CountingArrivals : Gossip.Core.Ports.IArrivals
    {
        readonly SemaphoreSlim arrived = new(0);
        long total;

        public long[] Counts { get; } = new long[Enum.GetValues<Reject>().Length];

        public async Task ReachAsync(long count)
        {
            for (; total < count; total++) Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(30)), $"{count - total} did not arrive");
        }

        public void DatagramArrived(Gossip.Core.Primitives.NodeAddress from, ReadOnlySpan<byte> payload) => Count(Reject.None);
        public void Rejected(Gossip.Core.Primitives.NodeAddress from, Reject why) => Count(why);
        public void StreamFailed(Gossip.Core.Primitives.NodeAddress to, Gossip.Core.Ports.StreamFailure why) { }
        public ValueTask FrameArrivedAsync(Gossip.Core.Primitives.NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel) => default;

        void Count(Reject why)
        {
            Interlocked.Increment(ref Counts[(int)why]);
            arrived.Release();
        }
    }
}
