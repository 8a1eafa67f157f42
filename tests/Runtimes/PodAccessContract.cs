using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Tests.Runtimes;

/// <summary>Seeing into a pod: the same words bring the same answers on every runtime.</summary>
public abstract class PodAccessContract : PodRuntimeContract
{
    /// <summary>A container that runs a script of <c>sh</c>, where the usual small programs are found.</summary>
    protected abstract ContainerSpec Shell(string name, string script);

    /// <summary>How a script names the place of a mount.</summary>
    protected virtual string At(string mountPath) => mountPath;

    /// <summary>All of a container's output that is kept; empty when it has none yet.</summary>
    protected async Task<string> LogAsync(PodRun pod, string container, LogQuery? query = null)
    {
        var output = new MemoryStream();
        try
        {
            await Runtime.ReadLogsAsync(pod, container, query ?? new LogQuery(), output, default);
        }
        catch (PodAccessException)
        {
            return "";
        }
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <returns>The whole log.</returns>
    protected async Task<string> UntilSaidAsync(PodRun pod, string container, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var log = await LogAsync(pod, container);
            if (log.Contains(text, StringComparison.Ordinal)) return log;
            await Task.Delay(5, patience.Token);
        }
    }

    protected async Task<int> RunInAsync(PodRun pod, string container, string script, Stream? output = null) =>
        await Runtime.ExecAsync(pod, container, ["sh", "-c", script], new PodConsole(null, output ?? Stream.Null, Stream.Null, null), default);

    async Task<PodLaunch> RunShellAsync(string script, bool stdin = false)
    {
        var launch = Launch(Shell("main", script) with { Stdin = stdin });
        await PrepareAsync(launch);
        await StartAsync(launch);
        return launch;
    }

    [Fact]
    public async Task A_log_is_what_the_container_wrote_to_both_its_outputs()
    {
        var launch = await RunShellAsync("echo one; sleep 0.2; echo two >&2; sleep 0.2; printf three");
        await Reports.Await<ContainerExited>();

        Assert.Equal("one\ntwo\nthree", await LogAsync(launch.Pod, "main"));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "c\n")]
    [InlineData(2, "b\nc\n")]
    [InlineData(9, "a\nb\nc\n")]
    public async Task The_last_lines_of_a_log_can_be_had_alone(int lines, string expected)
    {
        var launch = await RunShellAsync("echo a; echo b; echo c");
        await Reports.Await<ContainerExited>();

        Assert.Equal(expected, await LogAsync(launch.Pod, "main", new LogQuery(Tail: lines)));
    }

    [Fact]
    public async Task Lines_have_the_time_at_which_they_came_and_can_be_had_from_then_on()
    {
        var before = DateTimeOffset.UtcNow;
        var launch = await RunShellAsync("echo early; sleep 2.5; echo late");
        await Reports.Await<ContainerExited>();

        var lines = (await LogAsync(launch.Pod, "main", new LogQuery(Timestamps: true))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var times = Array.ConvertAll(lines, line => DateTimeOffset.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.Equal(["early", "late"], lines.Select(line => line.Split(' ')[1]));
        Assert.InRange(times[0], before.AddSeconds(-1), times[1].AddSeconds(-1)); // engines may keep whole seconds
        var between = new WallTime(times[1].AddMilliseconds(-500).ToUnixTimeMilliseconds());
        Assert.Equal("late\n", await LogAsync(launch.Pod, "main", new LogQuery(Since: between)));
    }

    [Fact]
    public async Task A_followed_log_goes_on_until_the_container_ends()
    {
        var launch = await RunShellAsync("echo first; sleep 0.5; echo second; sleep 0.3; echo last");

        Assert.Equal("first\nsecond\nlast\n", await UntilLogEndsAsync(launch.Pod));
        await Reports.Await<ContainerExited>();
    }

    async Task<string> UntilLogEndsAsync(PodRun pod)
    {
        var output = new MemoryStream();
        await Runtime.ReadLogsAsync(pod, "main", new LogQuery(Follow: true), output, default).WaitAsync(TimeSpan.FromSeconds(30));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public async Task The_log_of_the_attempt_before_is_kept()
    {
        var launch = await RunShellAsync("echo attempt \"$ATTEMPT\"; exit 3");
        await Reports.Await<ContainerExited>();
        var first = await LogAsync(launch.Pod, "main");
        await Runtime.StartContainerAsync(launch.Pod, new ContainerStart("main", 1, [KeyValuePair.Create("ATTEMPT", "again")], []), default);
        await Reports.Await<ContainerExited>(report => report.Attempt == 1);

        Assert.Equal("attempt \n", first);
        Assert.Equal("attempt again\n", await LogAsync(launch.Pod, "main"));
        Assert.Equal(first, await LogAsync(launch.Pod, "main", new LogQuery(Previous: true)));
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_refused_with_words()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);

        var nobody = await Assert.ThrowsAsync<PodAccessException>(() => Runtime.ReadLogsAsync(launch.Pod, "nobody", new LogQuery(), Stream.Null, default));
        Assert.Contains("nobody", nobody.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.ReadLogsAsync(launch.Pod, "main", new LogQuery(Previous: true), Stream.Null, default));
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.ReadLogsAsync(Launch().Pod, "main", new LogQuery(), Stream.Null, default));
    }

    [Fact]
    public async Task A_command_runs_inside_a_container_with_its_variables_and_both_outputs_apart()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked) with { Environment = [new("WHO", "me", null)] });
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilReadyAsync(launch.Pod, "main");
        var (output, error) = (new MemoryStream(), new MemoryStream());
        var typed = new MemoryStream(Encoding.UTF8.GetBytes("typed"));

        var code = await Runtime.ExecAsync(launch.Pod, "main", ["sh", "-c", "echo $WHO; cat; echo wrong >&2; exit 7"], new PodConsole(typed, output, error, null), default);

        Assert.Equal((7, "me\ntyped", "wrong\n"), (code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray())));
    }

    [Fact]
    public async Task All_of_a_long_answer_arrives()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var output = new MemoryStream();
        await RunInAsync(launch.Pod, "main", "head -c 3000000 /dev/zero", output);

        Assert.Equal(3_000_000, output.Length);
    }

    [Fact]
    public async Task A_command_on_a_terminal_has_its_size_and_hears_when_it_changes()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var sizes = Channel.CreateUnbounded<TerminalSize>();
        sizes.Writer.TryWrite(new TerminalSize(100, 40));
        var output = new Said();
        var command = Runtime.ExecAsync(
            launch.Pod, "main", ["sh", "-c", "until [ \"$(stty size 2>/dev/null)\" = '40 100' ]; do sleep 0.05; done; stty size; while [ \"$(stty size 2>/dev/null)\" = '40 100' ]; do sleep 0.05; done; stty size; exit 5"],
            new PodConsole(null, output, Stream.Null, sizes.Reader), default);
        await output.UntilAsync("40 100");
        sizes.Writer.TryWrite(new TerminalSize(120, 50));

        Assert.Equal(5, await command.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("40 100\r\n50 120\r\n", output.Text);
    }

    [Fact]
    public async Task A_command_that_is_cancelled_ends()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        using var cancel = new CancellationTokenSource();
        var output = new Said();
        var command = Runtime.ExecAsync(
            launch.Pod, "main", ["sh", "-c", "trap '' TERM HUP; echo begun; while :; do sleep 0.05; echo x >> /tmp/beat-$$; rm /tmp/beat-$$; done"],
            new PodConsole(null, output, Stream.Null, null), cancel.Token);
        await output.UntilAsync("begun");
        var during = Assert.Single(await Runtime.UsageAsync(launch.Pod, default)).Processes;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.WaitAsync(TimeSpan.FromSeconds(30)));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Assert.Single(await Runtime.UsageAsync(launch.Pod, default)).Processes >= during) await Task.Delay(20, patience.Token);
    }

    [Fact]
    public async Task Nothing_can_be_run_where_nothing_runs()
    {
        var launch = await RunAsync(Behaviour.Succeeds);
        await Reports.Await<ContainerExited>();

        await Assert.ThrowsAsync<PodAccessException>(() => RunInAsync(launch.Pod, "main", "true"));
        await Assert.ThrowsAsync<PodAccessException>(() => RunInAsync(Launch().Pod, "main", "true"));
    }

    [Fact]
    public async Task Who_attaches_hears_what_the_container_says_and_speaks_to_it()
    {
        var launch = await RunShellAsync("echo ready; read line; echo heard $line; exit 0", stdin: true);
        await UntilReadyAsync(launch.Pod, "main");
        var output = new Said();
        await Runtime.AttachAsync(launch.Pod, "main", new PodConsole(new MemoryStream("you\n"u8.ToArray()), output, output, null), default).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("heard you\n", output.Text);
        Assert.Equal(0, (await Reports.Await<ContainerExited>()).ExitCode);
    }

    [Fact]
    public async Task What_a_container_uses_grows_with_what_it_does()
    {
        var launch = await RunShellAsync("echo ready; while :; do :; done");
        await UntilReadyAsync(launch.Pod, "main");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        ContainerUsage usage;
        do usage = Assert.Single(await Runtime.UsageAsync(launch.Pod, default));
        while (usage.Cpu < TimeSpan.FromMilliseconds(200) && await Task.Delay(20, patience.Token).ContinueWith(_ => true));

        Assert.Equal("main", usage.Container);
        Assert.InRange(usage.Memory.Value, 1, 1L << 30);
        Assert.InRange(usage.Processes, 1, 50);
    }

    [Fact]
    public async Task A_folder_is_copied_out_as_a_tar_archive()
    {
        var launch = await RunShellAsync("mkdir -p out/deep; echo hello > out/deep/file; ln -s deep/file out/link; echo ready; exec sleep 1000");
        await UntilReadyAsync(launch.Pod, "main");
        var archive = new MemoryStream();
        await Runtime.CopyOutAsync(launch.Pod, "main", "out", archive, default);

        archive.Position = 0;
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var tar = new TarReader(archive);
        while (await tar.GetNextEntryAsync() is { } entry)
            found[entry.Name.TrimEnd('/')] = entry.DataStream is { } data ? await new StreamReader(data).ReadToEndAsync() : entry.LinkName;
        Assert.Equal([new("out", ""), new("out/deep", ""), new("out/deep/file", "hello\n"), new("out/link", "deep/file")], found);
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.CopyOutAsync(launch.Pod, "main", "/no/such/file", Stream.Null, default));
    }
}
