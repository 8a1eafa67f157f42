using System.Diagnostics.Metrics;
using System.Text;
using Gossip.Core;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Node.Loop;
using Gossip.Node.Metrics;
using Gossip.Node.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gossip.Node.Tests.Loop;

/// <summary>The loop between a silent network and a disk that the test holds in its hand.</summary>
public sealed class NodeLoopTests : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    sealed class SilentTransport : ITransport
    {
        public NodeAddress Address => NodeAddress.V4(0x7F000001, 1);
        public void Start(IArrivals arrivals) { }
        public void Send(NodeAddress to, ReadOnlySpan<byte> datagram) { }
        public void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) { }
        public ValueTask DisposeAsync() => default;
    }

    sealed class HeldStore : IStore
    {
        public readonly ManualResetEventSlim MaySync = new(true);
        public readonly SemaphoreSlim Syncing = new(0);
        public volatile Exception? Fault;
        public int Syncs, Records;
        public bool IsClosedCleanly;

        public StoreContents Open() => new(null, [], false);
        public void Append(ReadOnlySpan<byte> record) => Records++;
        public void Sync()
        {
            Syncing.Release();
            MaySync.Wait(Patience);
            if (Fault is not null) throw Fault;
            if (IsFull) throw new DiskFull("no room");
            Syncs++;
        }

        public void Compact(ReadOnlySpan<byte> snapshot) { }
        public long LogBytes => 0;
        public void ForgetDamage() { }
        public bool HasReserve => !IsFull;
        public bool TryReserve() => !IsFull;
        public volatile bool IsFull;
        public void CloseCleanly() => IsClosedCleanly = true;
        public void Dispose() { }
    }

    readonly HeldStore store = new();
    readonly NodeMeter meter = new("a");
    readonly NodeLoop loop;
    readonly Task running;

    public NodeLoopTests()
    {
        var card = new NodeCard("a", NodeAddress.V4(0x7F000001, 1), Labels.Empty, [], Resources.Zero, [], "");
        var machine = new NodeMachine(new NodeConfig(card, [], NodeTimings.Lan, 1, 1), store.Open());
        loop = new NodeLoop(machine, new SilentTransport(), store, 1 << 20, _ => { }, _ => { }, meter, new RejectLog(NullLogger.Instance), new NoteLog(NullLogger.Instance));
        running = Task.Run(loop.RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        store.MaySync.Set();
        loop.Stop();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        meter.Dispose();
    }

    Task<Reply> CreateAsync(string name) => loop.AskAsync(
        new CreateObject(new ObjectName("ConfigMap", "default", name), "v1", [new ObjectField("data.a", Encoding.UTF8.GetBytes("1"))]), default).WaitAsync(Patience);

    [Fact]
    public async Task A_write_is_answered_only_when_the_disk_has_it_and_the_loop_goes_on_meanwhile()
    {
        Assert.IsType<ObjectStored>(await CreateAsync("first")); // whatever a start writes is out of the way
        while (store.Syncing.Wait(0)) { }
        store.MaySync.Reset();
        var writing = CreateAsync("second");
        Assert.True(await store.Syncing.WaitAsync(Patience));

        var seen = Assert.IsType<Seen>(await loop.AskAsync(Look.Around, default).WaitAsync(Patience)); // gossip does not wait for the disk
        Assert.DoesNotContain(seen.View.Objects, held => held.Name.Name == "second");
        Assert.False(writing.IsCompleted);

        store.MaySync.Set();
        Assert.IsType<ObjectStored>(await writing);
    }

    [Fact]
    public async Task Writes_that_come_during_a_sync_share_the_next()
    {
        Assert.IsType<ObjectStored>(await CreateAsync("first"));
        while (store.Syncing.Wait(0)) { }
        store.MaySync.Reset();
        var writes = new List<Task<Reply>> { CreateAsync("a") };
        Assert.True(await store.Syncing.WaitAsync(Patience));
        var before = store.Syncs;
        for (var i = 0; i < 50; i++) writes.Add(CreateAsync($"b{i}"));
        await loop.AskAsync(Look.Around, default).WaitAsync(Patience); // the loop has taken them all
        store.MaySync.Set();
        foreach (var write in writes) Assert.IsType<ObjectStored>(await write);
        Assert.InRange(store.Syncs - before, 1, 10); // and not fifty-one
    }

    [Fact]
    public async Task A_failed_disk_stops_the_node_and_answers_nobody_that_it_was_kept()
    {
        Assert.IsType<ObjectStored>(await CreateAsync("first"));
        store.Fault = new StoreFault("the disk is full");
        Assert.Equal(RefusedBecause.Unavailable, Assert.IsType<Refused>(await CreateAsync("second")).Because);
        Assert.Same(store.Fault, await Assert.ThrowsAsync<StoreFault>(() => running.WaitAsync(Patience)));
        Assert.Equal(RefusedBecause.Unavailable, Assert.IsType<Refused>(await CreateAsync("third")).Because);
        Assert.False(store.IsClosedCleanly);
    }

    [Fact]
    public async Task On_a_full_disk_what_was_asked_before_waits_and_what_is_asked_then_is_refused_until_there_is_room()
    {
        Assert.IsType<ObjectStored>(await CreateAsync("first"));
        store.IsFull = true;
        var waiting = CreateAsync("second");
        while (await CreateRefusedAsync() is not { } why || !why.Contains("the disk is full", StringComparison.Ordinal)) { }
        Assert.False(waiting.IsCompleted);

        store.IsFull = false;
        Assert.IsType<ObjectStored>(await waiting);
        while (await CreateRefusedAsync() is not null) { }
        Assert.False(running.IsCompleted);

        async Task<string?> CreateRefusedAsync()
        {
            var asked = CreateAsync("third");
            if (store.IsFull && await Task.WhenAny(asked, Task.Delay(50)) != asked) return null; // taken before the log has said it
            return await asked is Refused { Because: RefusedBecause.Unavailable } refused ? refused.Message : null;
        }
    }

    [Fact]
    public async Task A_stopped_loop_has_closed_its_store_and_lets_no_watcher_wait()
    {
        var view = Assert.IsType<Seen>(await loop.AskAsync(Look.Around, default).WaitAsync(Patience)).View;
        var watching = loop.ChangesSinceAsync(view.Version + 1000, default);
        loop.Stop();
        await running.WaitAsync(Patience);
        Assert.True(store.IsClosedCleanly);
        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(() => watching.WaitAsync(Patience));
    }

    [Fact]
    public void Rejects_are_counted_by_reason_in_the_meter()
    {
        var counted = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument is { Meter.Name: NodeMeter.Name, Name: "gossip.rejects" } && ReferenceEquals(instrument.Meter, meter.Meter))
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted[(string)tags[0].Value!] = value);
        listener.Start();
        loop.Rejected(NodeAddress.None, Reject.Forged);
        loop.Rejected(NodeAddress.None, Reject.Forged);
        loop.Rejected(NodeAddress.None, Reject.Replayed);
        listener.RecordObservableInstruments();

        Assert.Equal((2, 1, 0), (counted["Forged"], counted["Replayed"], counted["TooLarge"]));
    }

    [Fact]
    public void Timers_come_by_time_and_those_of_one_time_in_order()
    {
        var timers = new TimerQueue();
        timers.Add(new NodeTimer(NodeTimerKind.DigestTick, 3), new Instant(20));
        timers.Add(new NodeTimer(NodeTimerKind.DigestTick, 1), new Instant(10));
        timers.Add(new NodeTimer(NodeTimerKind.DigestTick, 2), new Instant(10));
        List<ulong> order = [];
        Assert.Equal(new Instant(10), timers.Next);
        while (timers.TryTakeDue(new Instant(15), out var timer)) order.Add(timer.Subject);
        Assert.Equal([1, 2], order);
        Assert.Equal(new Instant(20), timers.Next);
    }
}
