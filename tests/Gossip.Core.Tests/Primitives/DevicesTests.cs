using FsCheck.Xunit;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Primitives;

public class DevicesTests
{
    static readonly DeviceRequest Third = new("gpu", 1, 300, []);
    static readonly DeviceRequest Pair = new("gpu", 2, DeviceRequest.Whole, []);

    static Devices With(params int[] free) => new([new DeviceGroup("gpu", "T4", [.. free])]);

    [Theory]
    [InlineData(new[] { 1000, 400, 350, 200 }, 0b100)] // the fullest that fits
    [InlineData(new[] { 300, 1000, 300 }, 0b001)]      // of alike ones the first
    [InlineData(new[] { 299, 299, 299 }, 0)]           // a sum would do, one device does not
    public void A_share_goes_to_the_fullest_device_that_has_room(int[] free, ulong mask) =>
        Assert.Equal(mask == 0 ? null : new DeviceGrant(0, mask), With(free).Choose(Third));

    [Theory]
    [InlineData(new[] { 1000, 400, 1000, 1000 }, 0b101)]
    [InlineData(new[] { 1000, 999, 999 }, 0)]
    public void Whole_ones_must_be_wholly_free(int[] free, ulong mask) =>
        Assert.Equal(mask == 0 ? null : new DeviceGrant(0, mask), With(free).Choose(Pair));

    [Fact]
    public void Only_devices_of_the_kind_and_an_allowed_model_are_looked_at()
    {
        var devices = Devices.WholeOnes("fpga", "U50", 4).With(Devices.WholeOnes("gpu", "T4", 4)).With(Devices.WholeOnes("gpu", "A10", 4));
        Assert.Equal(1, devices.Choose(Third)!.Value.Group);
        Assert.Equal(2, devices.Choose(Third with { Models = ["A10", "H100"] })!.Value.Group);
        Assert.Null(devices.Choose(Third with { Models = ["H100"] }));
    }

    [Fact]
    public void Granted_devices_are_named_by_kind_model_and_place()
    {
        var devices = Devices.WholeOnes("fpga", "U50", 1).With(Devices.WholeOnes("gpu", "T4", 4));
        Assert.Equal("gpu:T4:0,gpu:T4:3", devices.NamesOf(new DeviceGrant(1, 0b1001)));
        Assert.Equal("", devices.NamesOf(new DeviceGrant(2, 1)));
    }

    [Property]
    public void What_is_taken_is_there_again_once_it_is_given_back(byte[] steps)
    {
        var start = Devices.WholeOnes("gpu", "T4", 4);
        var devices = start;
        var taken = new Stack<(DeviceGrant Grant, int Milli)>();
        foreach (var step in steps)
        {
            var request = step % 5 == 0 ? Pair : Third with { Milli = 1 + 3 * step };
            if (devices.Choose(request) is not { } grant) continue;
            devices = devices.Take(grant, request.Milli);
            taken.Push((grant, request.Milli));
            Assert.All(devices.Groups[0].Free, free => Assert.InRange(free, 0, DeviceRequest.Whole));
            Assert.Equal(4000 - taken.Sum(pod => pod.Milli * System.Numerics.BitOperations.PopCount(pod.Grant.Mask)), devices.Free);
            Assert.True(start.HasMoreThan(devices));
            Assert.False(devices.HasMoreThan(start));
        }
        foreach (var (grant, milli) in taken) devices = devices.Give(grant, milli);
        Assert.Equal(start, devices);
    }

    [Theory]
    [InlineData(new[] { 1000, 0, 400, 1000 }, new[] { 1000, 1000, 400 })]
    [InlineData(new[] { 0, -300 }, new int[0])]
    public void The_news_of_it_tells_what_is_free_and_not_where(int[] free, int[] told) => Assert.Equal(With(told), Travelled(With(free)));

    [Fact]
    public void The_news_of_many_devices_leaves_out_the_least_shares()
    {
        var told = Travelled(With([.. Enumerable.Range(1, Devices.InGroupMost).Select(i => 10 * i)])).Groups[0].Free;
        Assert.Equal(Enumerable.Range(0, 16).Select(i => 640 - 10 * i), told);
    }

    [Fact]
    public void News_out_of_order_or_of_too_many_devices_are_refused()
    {
        Assert.Throws<MessagePackSerializationException>(() => Read([.. Head, 0x94, 1, 1, 2, 1]));
        Assert.Throws<MessagePackSerializationException>(() => Read([.. Head, 0x92, 1, 65]));
    }

    /// <summary>One group: kind "g", model "m".</summary>
    static readonly byte[] Head = [0x91, 0x93, 0xA1, (byte)'g', 0xA1, (byte)'m'];

    static Devices Read(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        return DeviceCodec.Read(ref reader);
    }

    static Devices Travelled(Devices devices)
    {
        var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        DeviceCodec.Write(ref writer, devices);
        writer.Flush();
        return Read(buffer.WrittenMemory.ToArray());
    }
}
