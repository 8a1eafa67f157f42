using FsCheck;
using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling;

public class BooksTests
{
    static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    static Claim Bid(PodRun run, long cpu, Instant now) => new()
    {
        Run = run,
        Template = Some.Template with { Requests = Some.Room(cpu) },
        Expires = now + Validity,
    };

    /// <summary>A1 and A8: any order of bids, awards, ends and passing time keeps within the node, and leaks nothing.</summary>
    [Property(MaxTest = 300)]
    public void Books_never_overcommit_and_never_leak(byte[] steps)
    {
        var books = new Books(Some.Room(cpu: 1000, pods: 8));
        var now = new Instant(0);
        var firm = new Dictionary<PodRun, long>();
        foreach (var step in steps)
        {
            var run = Some.Run(step % 13, (uint)(1 + step % 2));
            var cpu = 50L + 37 * (step % 11);
            now += TimeSpan.FromMilliseconds(step % 7 * 60);
            books.Expire(now);
            switch (step % 4)
            {
                case 0 or 1 when books.BidFor(run.Pod) is null && books.Find(run) is null && ResourceFilter.Fits(Some.Room(cpu), books.Free):
                    books.Reserve(Bid(run, cpu, now));
                    break;
                case 2 when books.BidFor(run.Pod) is { } bid:
                    books.Remove(bid.Run);
                    books.Admit(bid.Run, bid.Template, checkRoom: true);
                    firm.Add(bid.Run, bid.Template.Requests.Cpu.Value);
                    break;
                case 3:
                    books.Remove(run);
                    firm.Remove(run);
                    break;
            }
            Assert.True(books.Free.IsWhole);
        }
        books.Expire(now + Validity);
        Assert.Equal(firm.Count, books.Count);
        Assert.Equal(1000 - firm.Values.Sum(), books.Free.Cpu.Value);
        Assert.Equal(books.Free, books.FreeOfBids);
        Assert.Null(books.NextExpiry);
    }

    [Fact]
    public void A_reservation_ends_by_itself()
    {
        var books = new Books(Some.Room(1000, 1000, 10));
        books.Reserve(Bid(Some.Run(0), 600, new Instant(0)));
        Assert.False(books.Expire(new Instant(0) + Validity - TimeSpan.FromTicks(1)));
        Assert.Equal(400, books.Free.Cpu.Value);
        Assert.True(books.Expire(new Instant(0) + Validity));
        Assert.Equal(1000, books.Free.Cpu.Value);
    }

    [Fact]
    public void Reserving_what_is_not_free_is_a_bug() =>
        Assert.Throws<InvariantBroken>(() => new Books(Some.Room(100, 1000)).Reserve(Bid(Some.Run(0), 101, default)));

    [Fact]
    public void Ports_of_reservations_are_taken_but_not_for_good()
    {
        var books = new Books(Some.Room(1000, 1000, 10));
        var template = Some.Template with { HostPorts = [new(80, PortProtocol.Tcp)] };
        books.Reserve(new Claim { Run = Some.Run(0), Template = template, Expires = new Instant(0) + Validity });
        Assert.Contains(new HostPort(80, PortProtocol.Tcp), books.Ports);
        Assert.Empty(books.FirmPorts);
    }

    /// <summary>A1 for devices: no device is ever promised beyond its thousand, and all come back.</summary>
    [Property]
    public void No_device_is_promised_twice(byte[] steps)
    {
        var devices = Devices.WholeOnes("gpu", "T4", 2).With(Devices.WholeOnes("gpu", "A10", 2));
        var books = new Books(Some.Room(1000, 1000, 1000) with { Devices = devices });
        var now = new Instant(0);
        foreach (var step in steps)
        {
            var run = Some.Run(step % 11);
            var template = Some.Template with
            {
                Requests = Some.Room(),
                Device = new DeviceRequest("gpu", 1 + step % 2, step % 2 == 0 ? 100 + 3 * step : DeviceRequest.Whole, step % 3 == 0 ? ["A10"] : []),
            };
            if (template.Device.Milli > DeviceRequest.Whole) continue;
            now += TimeSpan.FromMilliseconds(step % 7 * 60);
            books.Expire(now);
            if (books.BidFor(run.Pod) is { } bid)
            {
                books.Remove(bid.Run);
                books.Admit(bid.Run, bid.Template, checkRoom: true);
            }
            else if (books.Find(run) is not null) books.Remove(run);
            else if (ResourceFilter.Fits(template, books.Free)) books.Reserve(new Claim { Run = run, Template = template, Expires = now + Validity });
            Assert.All(books.Free.Devices.Groups.SelectMany(group => group.Free), free => Assert.InRange(free, 0, DeviceRequest.Whole));
            Assert.False(books.Free.Devices.HasMoreThan(books.FreeOfBids.Devices));
        }
        for (var ordinal = 0; ordinal < 11; ordinal++) books.Remove(Some.Run(ordinal));
        Assert.Equal(devices, books.Free.Devices);
        Assert.Equal(devices, books.FreeOfBids.Devices);
    }

    [Fact]
    public void A_pod_that_ran_before_keeps_its_device()
    {
        var books = new Books(Some.Room(1000, 1000, 10) with { Devices = Devices.WholeOnes("gpu", "T4", 3) });
        var template = Some.Template with { Requests = Some.Room(), Device = new DeviceRequest("gpu", 1, DeviceRequest.Whole, []) };
        var second = new DeviceGrant(0, 0b010);
        Assert.Equal(second, books.Admit(Some.Run(0), template, checkRoom: false, second).Devices);
        Assert.Equal(new DeviceGrant(0, 0b001), books.Admit(Some.Run(1), template, checkRoom: true).Devices);
        Assert.Equal(new DeviceGrant(0, 0b100), books.Admit(Some.Run(2), template, checkRoom: true).Devices);
    }
}
