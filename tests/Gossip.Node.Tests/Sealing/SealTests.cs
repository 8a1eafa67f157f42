using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Node.Tests.Sealing;

public sealed class SealTests
{
    readonly Keyring keyring = Keyring.Generate();
    readonly SealContext context = SealContext.ForDatagrams("home");
    readonly byte[] text = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
    readonly byte[] opened = new byte[Limits.Datagram];

    byte[] Seal(Keyring? with = null, SealContext? under = null)
    {
        var sealer = new Sealer(with ?? keyring, under ?? context);
        var into = new byte[text.Length + Limits.SealOverhead];
        Assert.Equal(into.Length, sealer.Seal(text, into));
        return into;
    }

    Opener Open(Keyring? with = null, IReplayOrder? order = null) => new(with ?? keyring, context, order ?? new ReplayWindows(), Limits.Datagram);

    [Fact]
    public void What_was_sealed_opens()
    {
        Assert.Equal(Reject.None, Open().Open(Seal(), opened, out var length));
        Assert.Equal(text, opened[..length]);
    }

    [Fact]
    public void The_overhead_is_what_the_limits_say() => Assert.Equal(Limits.SealOverhead, SealHeader.Length + SealHeader.TagLength);

    [Fact]
    public void Every_reason_to_refuse_is_told_apart()
    {
        var opener = Open();
        var old = Seal();
        old[0] = 0;
        var counted = Seal();
        counted[24] = 1; // a counter beyond 32 bits would use a nonce again
        var once = Seal();

        Assert.Equal(Reject.TooLarge, opener.Open(new byte[Limits.Datagram + 1], opened, out _));
        Assert.Equal(Reject.Truncated, opener.Open([], opened, out _));
        Assert.Equal(Reject.Truncated, opener.Open(Seal().AsSpan(0, Limits.SealOverhead - 1), opened, out _));
        Assert.Equal(Reject.OldVersion, opener.Open(old, opened, out _));
        Assert.Equal(Reject.WrongCluster, opener.Open(Seal(under: SealContext.ForDatagrams("abroad")), opened, out _));
        Assert.Equal(Reject.UnknownKey, opener.Open(Seal(Keyring.Generate()), opened, out _));
        Assert.Equal(Reject.Forged, opener.Open(counted, opened, out _));
        Assert.Equal(Reject.None, opener.Open(once, opened, out _));
        Assert.Equal(Reject.Replayed, opener.Open(once, opened, out _));
    }

    [Fact]
    public void No_bit_can_be_flipped()
    {
        var whole = Seal();
        var opener = Open();
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(Reject.None, opener.Open(whole, opened, out var length));
            Assert.Equal(0, length);
            whole[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal(Reject.None, opener.Open(whole, opened, out _)); // the forgeries did not use up its counter
    }

    [Fact]
    public void No_prefix_opens()
    {
        var whole = Seal();
        var opener = Open();
        for (var length = 0; length < whole.Length; length++)
            Assert.NotEqual(Reject.None, opener.Open(whole.AsSpan(0, length), opened, out _));
    }

    [Fact]
    public void A_key_is_rotated_without_a_datagram_lost()
    {
        var fresh = Keyring.Generate();
        var both = Keyring.Parse($"{keyring.Reveal()},{fresh.Reveal()}");
        var turned = Keyring.Parse($"{fresh.Reveal()},{keyring.Reveal()}");

        Assert.Equal(Reject.None, Open(both).Open(Seal(keyring), opened, out _));
        Assert.Equal(Reject.None, Open(both).Open(Seal(turned), opened, out _));
        Assert.Equal(Reject.None, Open(turned).Open(Seal(both), opened, out _));
        Assert.Equal(Reject.None, Open(fresh).Open(Seal(turned), opened, out _));
        Assert.Equal(Reject.UnknownKey, Open(fresh).Open(Seal(both), opened, out _));
    }

    [Fact]
    public void A_session_ends_before_a_nonce_comes_again()
    {
        var sealer = new Sealer(keyring, context, lastCounter: 2);
        var nonces = new HashSet<string>();
        var sessions = new HashSet<ulong>();
        var into = new byte[text.Length + Limits.SealOverhead];
        var nonce = new byte[SealHeader.NonceLength];
        for (var i = 0; i < 9; i++)
        {
            sealer.Seal(text, into);
            var header = SealHeader.Read(into);
            header.WriteNonce(nonce);
            Assert.True(nonces.Add(Convert.ToHexString(nonce)));
            sessions.Add(header.Session);
        }
        Assert.Equal(3, sessions.Count);
    }

    [Fact]
    public void A_frame_opens_only_on_the_stream_it_was_sealed_for()
    {
        byte[] here = [.. Enumerable.Repeat((byte)1, 16)], there = [.. Enumerable.Repeat((byte)2, 16)];
        var frame = Seal(under: context.ForStream(here));

        Assert.Equal(Reject.None, new Opener(keyring, context.ForStream(here), new InTurn(), 1000).Open(frame, opened, out _));
        Assert.Equal(Reject.Forged, new Opener(keyring, context.ForStream(there), new InTurn(), 1000).Open(frame, opened, out _));
        Assert.Equal(Reject.Forged, Open().Open(frame, opened, out _)); // nor does it pass for a datagram
    }

    [Fact]
    public void Frames_of_a_stream_come_in_turn()
    {
        var order = new InTurn();
        Assert.True(order.Accept(7, 0));
        Assert.False(order.Accept(7, 0));
        Assert.False(order.Accept(7, 2));
        Assert.False(order.Accept(8, 1));
        Assert.True(order.Accept(7, 1));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var sealer = new Sealer(keyring, context);
        var opener = Open();
        var into = new byte[text.Length + Limits.SealOverhead];
        sealer.Seal(text, into);
        opener.Open(into, opened, out _); // admits the session

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sealer.Seal(text, into);
            opener.Open(into, opened, out _);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
