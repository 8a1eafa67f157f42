using System.Text;
using System.Threading.Channels;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Streams;

namespace Gossip.Node.Tests.Streams;

/// <summary>The promises of a session between two nodes that keep to the protocol.</summary>
public sealed class SessionTests : SessionFixture
{
    const int Much = 10 << 20;

    [Fact]
    public async Task Ten_megabytes_come_back_as_they_went_with_the_exit_code()
    {
        Stub.Exec = async (_, console, cancel) =>
        {
            await console.Input!.CopyToAsync(console.Output, cancel);
            return 42;
        };
        var (sent, received) = (Bytes(Much), new MemoryStream());
        Assert.Equal(42, await ExecAsync(new PodConsole(new MemoryStream(sent), received, Stream.Null, null)));
        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task Output_and_errors_stay_apart()
    {
        Stub.Exec = async (command, console, cancel) =>
        {
            for (var i = 0; i < 100; i++)
            {
                await console.Output.WriteAsync(Encoding.UTF8.GetBytes(command[0]), cancel);
                await console.Error.WriteAsync(Encoding.UTF8.GetBytes(command[1]), cancel);
            }
            return -1;
        };
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        Assert.Equal(-1, await ExecAsync(new PodConsole(null, output, errors, null), default, null, "ä", "no"));
        Assert.Equal(string.Concat(Enumerable.Repeat("ä", 100)), Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(string.Concat(Enumerable.Repeat("no", 100)), Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Fact]
    public async Task Who_reads_slowly_is_sent_no_more_than_a_window_ahead()
    {
        long written = 0, read = 0, most = 0;
        Stub.Logs = async (_, output, cancel) =>
        {
            var chunk = new byte[10_000];
            while (written < Much / 4)
            {
                await output.WriteAsync(chunk, cancel);
                written += chunk.Length;
                most = Math.Max(most, written - Interlocked.Read(ref read));
            }
        };
        var slow = new Sink(async length =>
        {
            await Task.Yield();
            Interlocked.Add(ref read, length);
        });
        await Calls.AskAsync("b", B.Address, new LogsQuestion(Place, "main", new LogQuery()), new PodConsole(null, slow, Stream.Null, null), default).WaitAsync(Patience, CancellationToken.None);
        Assert.Equal(written, read);
        Assert.InRange(most, 1, InputChannel.Window + 2 * SealedConnection.Data); // and what lies between two buffers
    }

    [Fact]
    public async Task Who_never_reads_its_input_does_not_hold_up_sizes_or_the_end()
    {
        var sizes = Channel.CreateUnbounded<TerminalSize>();
        sizes.Writer.TryWrite(new TerminalSize(80, 25));
        Stub.Exec = async (_, console, cancel) =>
        {
            Assert.Equal(new TerminalSize(80, 25), await console.Sizes!.ReadAsync(cancel));
            sizes.Writer.TryWrite(new TerminalSize(100, 30));
            Assert.Equal(new TerminalSize(100, 30), await console.Sizes.ReadAsync(cancel));
            return 0;
        };
        Assert.Equal(0, await ExecAsync(new PodConsole(new MemoryStream(Bytes(Much)), Stream.Null, Stream.Null, sizes.Reader)));
    }

    [Fact]
    public async Task The_end_of_the_input_is_the_commands_end_of_file()
    {
        Stub.Exec = async (_, console, cancel) => (int)await new StreamReader(console.Input!).ReadToEndAsync(cancel).ContinueWith(text => text.Result.Length, TaskScheduler.Default);
        Assert.Equal(3, await ExecAsync(Quiet(new MemoryStream("abc"u8.ToArray()))));
        Assert.Equal(0, await ExecAsync(Quiet(new MemoryStream())));
    }

    [Fact]
    public async Task The_query_arrives_as_it_was_asked()
    {
        LogQuery? asked = null;
        Stub.Logs = (query, _, _) =>
        {
            asked = query;
            return Task.CompletedTask;
        };
        var query = new LogQuery(true, 7, new WallTime(1234), true, true);
        await Calls.AskAsync("b", B.Address, new LogsQuestion(Place, "main", query), Quiet(), default);
        Assert.Equal(query, asked);
    }

    [Fact]
    public async Task What_many_pods_use_comes_in_their_order()
    {
        var places = Enumerable.Range(0, UsageQuestion.MostPods).Select(ordinal => Place with { Pod = new PodRun(Place.Pod.Pod with { Ordinal = ordinal }, Epoch.First) });
        var answer = new MemoryStream();
        await Calls.AskAsync("b", B.Address, new UsageQuestion([.. places]), new PodConsole(null, answer, Stream.Null, null), default);
        Assert.Equal(Enumerable.Range(0, UsageQuestion.MostPods), UsageAnswer.Read(answer.ToArray()).Select(pod => (int)Assert.Single(pod).Cpu.TotalSeconds));
    }

    [Fact]
    public async Task A_refusal_and_a_broken_runtime_are_told_in_words()
    {
        Stub.Exec = (_, _, _) => throw new PodAccessException("container main does not run");
        Assert.Equal("container main does not run", (await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet()))).Message);
        Stub.Exec = (_, _, _) => throw new InvalidOperationException("oh");
        Assert.Equal("the pod's runtime failed: oh", (await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet()))).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_ends_when_who_asked_leaves_or_its_node_goes(bool leaves)
    {
        var (runs, ended) = Waiting();
        using var cancel = new CancellationTokenSource();
        var asking = ExecAsync(Quiet(), cancel.Token);
        await runs.WaitAsync(Patience, CancellationToken.None);
        if (leaves) await cancel.CancelAsync();
        else await A.DisposeAsync();

        await ended.WaitAsync(Patience, CancellationToken.None);
        if (leaves) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        else await Assert.ThrowsAsync<PodAccessException>(() => asking);
    }

    [Fact]
    public async Task Who_asked_is_told_when_the_pods_node_goes()
    {
        var (runs, ended) = Waiting();
        var asking = ExecAsync(Quiet());
        await runs.WaitAsync(Patience, CancellationToken.None);
        await B.DisposeAsync();
        Assert.StartsWith($"node b at {B.Address}: ", (await Assert.ThrowsAsync<PodAccessException>(() => asking)).Message, StringComparison.Ordinal);
        await ended.WaitAsync(Patience, CancellationToken.None);
    }

    [Fact]
    public async Task A_node_that_is_away_is_named()
    {
        await B.DisposeAsync();
        Assert.Equal($"node b at {B.Address}: Connection refused", (await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet()))).Message);
    }

    [Fact]
    public async Task What_the_askers_own_stream_throws_is_thrown_as_it_is_and_ends_the_command()
    {
        var ended = new TaskCompletionSource();
        Stub.Exec = async (_, console, cancel) =>
        {
            try
            {
                while (true) await console.Output.WriteAsync(new byte[1000], cancel);
            }
            finally
            {
                ended.SetResult();
            }
        };
        var full = new Sink(_ => throw new IOException("disk full"));
        Assert.Equal("disk full", (await Assert.ThrowsAsync<IOException>(() => ExecAsync(new PodConsole(null, full, Stream.Null, null)))).Message);
        await ended.Task.WaitAsync(Patience, CancellationToken.None);
    }

    [Fact]
    public async Task No_more_than_so_many_are_served_at_once()
    {
        var begun = new SemaphoreSlim(0);
        Stub.Exec = async (_, _, cancel) =>
        {
            begun.Release();
            await Task.Delay(Timeout.Infinite, cancel);
            return 0;
        };
        using var cancel = new CancellationTokenSource();
        var sessions = Enumerable.Range(0, PodRequestHandler.SessionsMax).Select(_ => ExecAsync(Quiet(), cancel.Token)).ToArray();
        for (var i = 0; i < PodRequestHandler.SessionsMax; i++) Assert.True(await begun.WaitAsync(Patience, CancellationToken.None));
        Assert.Contains("try again", (await Assert.ThrowsAsync<PodAccessException>(() => ExecAsync(Quiet()))).Message, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(sessions));
    }

    [Fact]
    public async Task Frames_go_on_beside_a_talk()
    {
        var (runs, _) = Waiting();
        using var cancel = new CancellationTokenSource();
        var asking = ExecAsync(Quiet(), cancel.Token);
        await runs.WaitAsync(Patience, CancellationToken.None);
        A.SendFrame(B.Address, Bytes(Limits.FramePayload));
        Assert.Equal(Limits.FramePayload, (await AtB.FrameAsync()).Bytes.Length);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    (Task Runs, Task Ended) Waiting()
    {
        var (runs, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        Stub.Exec = async (_, _, cancel) =>
        {
            runs.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
                return 0;
            }
            finally
            {
                ended.SetResult();
            }
        };
        return (runs.Task, ended.Task);
    }

    /// <summary>Does as told with each write.</summary>
    sealed class Sink(Func<int, Task> take) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await take(buffer.Length);
    }
}
