using System.Buffers;
using System.Threading.Channels;
using Gossip.Core;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Core.Wire;
using Gossip.Node.Metrics;
using Gossip.Node.Store;

namespace Gossip.Node.Loop;

/// <summary>
/// The one owner of a <see cref="NodeMachine"/>: takes what arrives, in order, and performs what the machine asks for.
/// Everybody else only leaves inputs in a bounded channel. Under overload datagrams are dropped, as the network would
/// drop them; frames wait in their streams and users in their requests; nothing of theirs is lost. It sleeps on a thread
/// of its own until something arrives or a timer is due, because what an idle node costs is its wake-ups.
/// </summary>
sealed class NodeLoop : IArrivals, IPodReports
{
    /// <summary>About 130 bytes each, and grown only as far as needed: 1 MB when a node is drowned.</summary>
    public const int MostWaiting = 8192;

    /// <summary>Beyond this datagrams are dropped: the rest is kept for what must not be lost.</summary>
    public const int MostWaitingForDatagrams = MostWaiting * 3 / 4;

    const int TurnsBetweenTimers = 64;

    /// <summary>Between two countings of members and pods, for gauges: a quiet node wakes each second anyway, to probe.</summary>
    static readonly TimeSpan CountsEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>For pods to end gracefully, when the disk failed; a pod's grace is usually 30 s, and ends with the process then.</summary>
    static readonly TimeSpan GivesUpWithin = TimeSpan.FromSeconds(30);

    readonly NodeMachine machine;
    readonly LoopEffects effects;
    readonly TimerQueue timers = new();
    readonly NodeMeter meter;
    readonly LogWriter log;
    readonly Dictionary<ulong, TaskCompletionSource<Reply>> askers = [];
    readonly Watchers watchers = new();
    readonly AutoResetEvent bell = new(false); // keeps a ring until the owner sleeps again
    readonly Channel<Arrival> arrivals = Channel.CreateBounded<Arrival>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, AllowSynchronousContinuations = false });
    volatile Exception? fault; // also set by the log's thread
    ulong lastRequest;
    Instant? giveUpUntil;
    Instant countAt;
    volatile bool isSynced;
    volatile int liveMembers = 1;

    public NodeLoop(NodeMachine machine, ITransport transport, IStore store, long compactAt, Action<PodCommand> perform, Action<HostQuestion> askHost, NodeMeter meter, RejectLog rejects, NoteLog notes)
    {
        this.machine = machine;
        this.meter = meter;
        meter.QueueLength = () => arrivals.Reader.Count;
        log = new LogWriter(store, compactAt, new LogEvents(
            position => Leave(NodeInput.Persisted(position)), () => Leave(new Arrival(ArrivalKind.Compact, default)),
            report => Leave(NodeInput.DiskReported(report)), Fail));
        effects = new LoopEffects(transport, log, timers, askers, perform, askHost, meter, rejects, notes);
    }

    /// <summary>True once the node's tables are as good as its peers', or it has none.</summary>
    public bool IsSynced => isSynced;

    /// <summary>Members that live, this node among them; up to a second old.</summary>
    public int LiveMembers => liveMembers;

    /// <summary>Runs until stopped; faults when the node cannot go on (the store failed, or a bug of ours).</summary>
    public Task RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    void Run()
    {
        Thread.CurrentThread.Name = "gossip loop";
        try
        {
            Handle(NodeInput.Started());
            var goesOn = true;
            while (goesOn && (fault is null || GivesUp()))
            {
                Sleep();
                var due = Clocks.Read();
                while (MayGoOn && timers.TryTakeDue(due.Monotonic, out var timer)) Handle(NodeInput.TimerDue(timer));
                for (var turns = 0; turns < TurnsBetweenTimers && goesOn && MayGoOn; turns++)
                {
                    if (!arrivals.Reader.TryRead(out var arrival)) break;
                    goesOn = Take(arrival);
                }
                if (!isSynced && machine.HasSynced && machine.IsDamaged) log.ForgetDamage();
                isSynced = machine.HasSynced;
                Count(due.Monotonic);
                watchers.Show(machine, Clocks.Read());
            }
        }
        catch (Exception bug)
        {
            fault ??= bug;
        }
        finally
        {
            End();
        }
        if (fault is not null) throw fault;
    }

    /// <summary>
    /// The disk failed: the node acknowledges nothing any more, and has its pods end so that others take them over. True while it is
    /// about that, for <see cref="GivesUpWithin"/> at most.
    /// </summary>
    bool GivesUp()
    {
        if (fault is not IOException) return false;
        var now = Clocks.Read().Monotonic;
        if (giveUpUntil is null)
        {
            giveUpUntil = now + GivesUpWithin;
            Handle(NodeInput.DiskReported(new DiskReport(DiskState.Failing, fault.Message)));
        }
        return !machine.HasGivenUp && now < giveUpUntil;
    }

    /// <summary>There is no fault that has not been handled.</summary>
    bool MayGoOn => fault is null || giveUpUntil is not null;

    /// <summary>Waits for room, then for the answer. Refused when the node stops first.</summary>
    public async Task<Reply> AskAsync(Request question, CancellationToken cancel)
    {
        var asker = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = new RequestId(Interlocked.Increment(ref lastRequest));
        try
        {
            await LeaveAsync(new Arrival(ArrivalKind.Input, NodeInput.Asked(id, question), null, asker), cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return Stopped();
        }
        return await asker.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A view later than <paramref name="version"/>, as soon as there is one.</summary>
    /// <exception cref="ChannelClosedException">The node has stopped.</exception>
    public async Task<ClusterView> ChangesSinceAsync(ulong version, CancellationToken cancel)
    {
        var watcher = new Watcher(version, cancel);
        await LeaveAsync(new Arrival(ArrivalKind.Watch, default, Watcher: watcher), cancel).ConfigureAwait(false);
        return await watcher.Seen.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Leaves an input that must not be lost; never waits here, but in the channel.</summary>
    public void Leave(in NodeInput input) => Leave(new Arrival(ArrivalKind.Input, input));

    /// <summary>The loop ends after what it has; the log is written and closed then.</summary>
    public void Stop() => Leave(new Arrival(ArrivalKind.Stop, default));

    public void DatagramArrived(NodeAddress from, ReadOnlySpan<byte> payload)
    {
        meter.DatagramIn(payload.Length);
        if (arrivals.Reader.Count >= MostWaitingForDatagrams)
        {
            meter.Overloaded();
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(rented);
        if (arrivals.Writer.TryWrite(new Arrival(ArrivalKind.Input, NodeInput.DatagramArrived(from, rented.AsMemory(0, payload.Length)), rented)))
        {
            bell.Set();
            return;
        }
        ArrayPool<byte>.Shared.Return(rented);
        meter.Overloaded();
    }

    public async ValueTask FrameArrivedAsync(NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        meter.FrameIn(payload.Length);
        var rented = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(rented);
        try
        {
            await LeaveAsync(new Arrival(ArrivalKind.Input, NodeInput.FrameArrived(from, rented.AsMemory(0, payload.Length)), rented), cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void StreamFailed(NodeAddress to, StreamFailure why) => Leave(NodeInput.StreamFailed(to, why));
    public void Rejected(NodeAddress from, Reject why) => effects.Rejected(from, why);
    public void Report(PodReport report) => Leave(NodeInput.PodReported(report));

    void Leave(in Arrival arrival)
    {
        // A write that has to wait keeps its place before later ones. It fails only when the node has stopped.
        if (!arrivals.Writer.TryWrite(arrival)) _ = arrivals.Writer.WriteAsync(arrival).AsTask().ContinueWith(static lost => lost.Exception, TaskScheduler.Default);
        bell.Set();
    }

    /// <summary>Waits for room. A write that has to wait finds the owner awake: it sleeps only over an empty channel.</summary>
    ValueTask LeaveAsync(in Arrival arrival, CancellationToken cancel)
    {
        var left = arrivals.Writer.WriteAsync(arrival, cancel);
        bell.Set();
        return left;
    }

    /// <summary>Until there is an arrival, or the first timer is due.</summary>
    void Sleep()
    {
        if (arrivals.Reader.Count > 0) return;
        if (Watchers.Sooner(timers.Next, watchers.Due) is not { } next)
        {
            bell.WaitOne();
            return;
        }
        // Rounded up: a sleep that ends a part of a millisecond early would only begin again.
        var wait = Math.Ceiling((next - Clocks.Read().Monotonic).TotalMilliseconds);
        if (wait > 0) bell.WaitOne((int)Math.Min(wait, int.MaxValue));
    }

    bool Take(in Arrival arrival)
    {
        switch (arrival.Kind)
        {
            case ArrivalKind.Input:
                if (arrival.Asker is { } asker) askers[arrival.Input.Request.Value] = asker;
                Handle(arrival.Input);
                if (arrival.Rented is { } rented) ArrayPool<byte>.Shared.Return(rented);
                break;
            case ArrivalKind.Watch:
                watchers.Add(arrival.Watcher!);
                break;
            case ArrivalKind.Compact:
                var snapshot = new WireBuffer(64 * 1024);
                machine.WriteSnapshot(snapshot);
                log.Compact(snapshot.Written);
                break;
            case ArrivalKind.Stop:
                return false;
        }
        return true;
    }

    void Count(Instant now)
    {
        if (now < countAt) return;
        countAt = now + CountsEvery;
        meter.Counts(liveMembers = machine.LiveMembers, machine.OwnPods);
    }

    void Handle(in NodeInput input)
    {
        meter.Turn();
        watchers.Touch();
        var now = Clocks.Read();
        effects.Now = now.Monotonic;
        machine.Handle(input, now, effects);
    }

    /// <summary>The log can keep nothing any more.</summary>
    void Fail(Exception why)
    {
        fault ??= why;
        bell.Set();
    }

    void End()
    {
        arrivals.Writer.TryComplete();
        while (arrivals.Reader.TryRead(out var late))
        {
            late.Asker?.TrySetResult(Stopped());
            late.Watcher?.Seen.TrySetException(new ChannelClosedException());
        }
        watchers.End();
        log.Close();
        foreach (var asker in askers.Values) asker.TrySetResult(Stopped());
    }

    Refused Stopped() => new(
        RefusedBecause.Unavailable,
        $"the node has stopped{(fault is StoreFault ? ": its disk keeps nothing any more" : "")}; "
        + "it is not known whether the write was kept");
}
