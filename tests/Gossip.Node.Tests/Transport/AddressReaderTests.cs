using System.Net;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Transport;

public sealed class AddressReaderTests
{
    [Theory]
    [InlineData("node:7946", "node", 7946)]
    [InlineData("node-1.example.com.:1", "node-1.example.com.", 1)]
    [InlineData("my_service:80", "my_service", 80)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("[FD00:0::1]:7373", "fd00::1", 7373)]
    [InlineData("[::ffff:10.0.0.1]:7373", "::ffff:10.0.0.1", 7373)]
    public void A_seed_is_a_host_and_a_port(string text, string host, int port)
    {
        Assert.True(AddressReader.TryReadSeed(text, out var seed, out var problem), problem);
        Assert.Equal(new HostPort(host, (ushort)port), seed);
        Assert.True(AddressReader.TryReadSeed(seed.ToString(), out var again, out problem), problem);
        Assert.Equal(seed, again);
    }

    [Theory]
    [InlineData("", "has no port: write HOST:PORT")]
    [InlineData("node", "has no port: write node:PORT")]
    [InlineData("::1", "has no port: write [::1]:PORT")] // once read as host ':' and port 1
    [InlineData("[::1]", "has no port: write [::1]:PORT")]
    [InlineData("::1:7373", "has no port: write [::1:7373]:PORT; an IPv6 address with a port is in brackets")]
    [InlineData("node:", "'' is not a port (1 to 65535)")]
    [InlineData(":7946", "'' is neither an IP address nor a host name")]
    [InlineData("node:0", "'0' is not a port")]
    [InlineData("node:70000", "'70000' is not a port")]
    [InlineData("node:07946", "'07946' is not a port")]
    [InlineData("node:+1", "'+1' is not a port")]
    [InlineData("node: 1", "' 1' is not a port")]
    [InlineData("node:١", "'١' is not a port")]
    [InlineData(" node:1", "' node' is neither")]
    [InlineData("a b:1", "'a b' is neither")]
    [InlineData("-a:1", "'-a' is neither")]
    [InlineData("a..b:1", "'a..b' is neither")]
    [InlineData("http://node:1", "has no port")]
    [InlineData("[node]:1", "brackets hold an IPv6 address")]
    [InlineData("[::1:7373", "brackets hold an IPv6 address")]
    [InlineData("[::1]7373", "brackets hold an IPv6 address")]
    [InlineData("[[::1]]:7373", "brackets hold an IPv6 address")]
    [InlineData("[]:7373", "brackets hold an IPv6 address")]
    [InlineData("[:::1]:7373", "':::1' is not an IP address")]
    [InlineData("[::1/64]:7373", "'::1/64' is not an IP address")]
    [InlineData("[::010.0.0.1]:7373", "'::010.0.0.1' is not an IP address")]
    [InlineData("[fe80::1%eth0]:7373", "zone")]
    [InlineData("10.1:7373", "'10.1' is not an IP address")] // 10.0.0.1 to others
    [InlineData("1:7373", "'1' is not an IP address")] // 0.0.0.1 to others
    [InlineData("0x7f.1:7373", "'0x7f.1' is not an IP address")]
    [InlineData("010.0.0.1:7373", "'010.0.0.1' is not an IP address")] // 8.0.0.1 to others
    [InlineData("10.0.0.256:7373", "'10.0.0.256' is not an IP address")]
    [InlineData("10.0.0.1.:7373", "'10.0.0.1.' is not an IP address")]
    [InlineData("0.0.0.0:7373", "not the address of one machine")]
    [InlineData("[::]:7373", "not the address of one machine")]
    [InlineData("[ff02::1]:7373", "not the address of one machine")]
    [InlineData("224.0.0.1:7373", "not the address of one machine")]
    public void What_is_no_seed_is_refused_with_its_own_words(string text, string because)
    {
        Assert.False(AddressReader.TryReadSeed(text, out _, out var problem));
        Assert.StartsWith($"'{text}'", problem, StringComparison.Ordinal);
        Assert.Contains(because, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_at_most_253_characters_in_labels_of_63()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 63), 3).Append(new string('a', 61)));
        Assert.True(AddressReader.TryReadSeed($"{longest}:1", out _, out _));
        Assert.False(AddressReader.TryReadSeed($"{longest}a:1", out _, out _));
        Assert.False(AddressReader.TryReadSeed($"{new string('a', 64)}:1", out _, out _));
    }

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("0.0.0.0:8080", "0.0.0.0", 8080)]
    [InlineData("[::1]:8080", "::1", 8080)]
    public void Where_to_listen_may_be_any_address_and_any_free_port(string text, string address, int port)
    {
        Assert.True(AddressReader.TryReadListen(text, out var point, out var problem), problem);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), point);
    }

    [Theory]
    [InlineData("127.0.0.1")] // the platform's reader takes port 0 for one that is missing
    [InlineData("::1")]
    [InlineData("localhost:8080")]
    [InlineData("127.0.0.1:65536")]
    public void Where_to_listen_has_an_address_and_a_port(string text) => Assert.False(AddressReader.TryReadListen(text, out _, out _));

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 0)]
    [InlineData("10.0.0.1:7373", "10.0.0.1", 7373)]
    [InlineData("fd00::1", "fd00::1", 0)]
    [InlineData("[fd00::1]", "fd00::1", 0)]
    [InlineData("[fd00::1]:7373", "fd00::1", 7373)]
    public void What_others_are_told_needs_no_port(string text, string address, int port)
    {
        Assert.True(AddressReader.TryReadAdvertised(text, out var point, out var problem), problem);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), point);
    }

    [Theory]
    [InlineData("here")]
    [InlineData("10.0.0.1:0")]
    [InlineData("0.0.0.0")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("10.1")]
    public void What_others_are_told_is_an_address_that_they_can_reach(string text) =>
        Assert.False(AddressReader.TryReadAdvertised(text, out _, out _));

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    public void An_address_alone_is_read(string text, string address)
    {
        Assert.True(AddressReader.TryReadIp(text, out var read, out var problem), problem);
        Assert.Equal(IPAddress.Parse(address), read);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    [InlineData("")]
    public void What_is_more_or_less_than_an_address_is_refused(string text) => Assert.False(AddressReader.TryReadIp(text, out _, out _));
}
