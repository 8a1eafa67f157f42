using System.Net;
using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Network;

namespace Gossip.Runtimes.Processes.Tests;

public sealed class PodAddressesTests
{
    [Property(MaxTest = 20)]
    public void Every_address_is_a_hosts_own_and_given_once(ulong node)
    {
        var addresses = new PodAddresses(new NodeId(node), AddressRange.Loopback);
        var given = new HashSet<string>(StringComparer.Ordinal);
        while (addresses.Take() is { } address)
        {
            Assert.True(given.Add(address));
            var bytes = IPAddress.Parse(address).GetAddressBytes();
            Assert.True(bytes[0] == 127 && bytes[1] is >= 1 and <= 254 && bytes[3] is >= 1 and <= 254, address);
        }
        Assert.Equal(16 * 254, given.Count);
    }

    [Property(MaxTest = 20)]
    public void Addresses_of_isolated_pods_are_of_the_shared_range_and_none_is_the_machines_own(ulong node)
    {
        var addresses = new PodAddresses(new NodeId(node), AddressRange.Shared);
        for (var i = 0; i < 1000; i++)
        {
            var bytes = IPAddress.Parse(addresses.Take()!).GetAddressBytes();
            Assert.True(bytes[0] == 100 && bytes[1] is >= 64 and <= 127 && bytes[3] is >= 2 and <= 254);
        }
    }

    [Fact]
    public void A_freed_address_rests_until_the_others_had_their_turn()
    {
        var addresses = new PodAddresses(NodeId.Of("node-1"), AddressRange.Loopback);
        var freed = addresses.Take()!;
        addresses.Free(freed);
        var turns = 1;
        while (addresses.Take() != freed) turns++;

        Assert.Equal(16 * 254, turns);
    }

    [Fact]
    public void An_adopted_pods_address_is_not_given_again()
    {
        var kept = new PodAddresses(NodeId.Of("node-1"), AddressRange.Loopback).Take()!;
        var addresses = new PodAddresses(NodeId.Of("node-1"), AddressRange.Loopback);
        addresses.Keep(kept);

        Assert.NotEqual(kept, addresses.Take());
    }

    [Fact]
    public void Nodes_have_parts_of_their_own() =>
        Assert.NotEqual(new PodAddresses(NodeId.Of("node-1"), AddressRange.Loopback).Take(), new PodAddresses(NodeId.Of("node-2"), AddressRange.Loopback).Take());
}
