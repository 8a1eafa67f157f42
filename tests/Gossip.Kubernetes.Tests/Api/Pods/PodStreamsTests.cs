using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Kubernetes.Tests.Api.Pods;

public sealed class PodStreamsTests(ShownPod pod) : IClassFixture<ShownPod>
{
    const string Web = "api/v1/namespaces/default/pods/web";

    readonly ShownRuntime runtime = pod.Runtime.Anew();
    readonly HttpClient http = pod.Http;

    [Fact]
    public async Task A_log_is_followed_from_before_its_first_line_on()
    {
        var say = new TaskCompletionSource();
        runtime.Logs = async (_, output, _) =>
        {
            await say.Task;
            await output.WriteAsync("one\n"u8.ToArray());
            await output.WriteAsync("two\n"u8.ToArray());
        };
        // while nothing was said
        using var answer = await http.GetAsync($"{Web}/log?follow=true", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        say.SetResult();
        Assert.Equal("one\ntwo\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("container=main", false, null, null, false, false)]
    [InlineData("follow=true&tailLines=7&previous=true&timestamps=true", true, 7, null, true, true)]
    [InlineData("tailLines=0&sinceTime=1970-01-01T00:00:05.5Z", false, 0, 5500L, false, false)]
    [InlineData("sinceTime=1970-01-01T01:00:00%2B01:00", false, null, 0L, false, false)]
    public async Task What_is_asked_of_a_log_arrives_at_the_runtime(
        string query, bool follow, int? tail, long? since, bool previous, bool timestamps)
    {
        LogQuery? asked = null;
        runtime.Logs = (query, _, _) =>
        {
            asked = query;
            return Task.CompletedTask;
        };
        Assert.Equal("", await http.GetStringAsync($"{Web}/log?{query}"));
        Assert.Equal(new LogQuery(follow, tail, since is { } at ? new WallTime(at) : null, previous, timestamps), asked);
    }

    [Theory]
    [InlineData("web/log?tailLines=-1", 400, "tailLines: '-1' is no whole number from 0 to 2147483647")]
    [InlineData("web/log?limitBytes=many", 400, "limitBytes: 'many' is no whole number from 0 to 2147483647")]
    [InlineData("web/log?sinceTime=noon", 400, "sinceTime: 'noon' is no RFC 3339 time")]
    [InlineData("web/log?sinceTime=1970-01-01T00:00:00Z&sinceSeconds=1", 400, "sinceSeconds and sinceTime: give one of them")]
    [InlineData("web/log?container=side", 400, "pod web has no container side; it has: main")]
    [InlineData("web/log", 400, "no logs")]
    [InlineData("none/log", 404, "pods \"none\" not found")]
    [InlineData("web/exec", 400, "command: name at least one word")]
    [InlineData("web/exec?command=it", 400, "this is served over WebSocket: use kubectl 1.31 or later, or gossip")]
    [InlineData("web/exec?command=it&container=side", 400, "pod web has no container side; it has: main")]
    [InlineData("web/portforward", 404, "the server could not find the requested resource: pods/portforward comes with a later version")]
    public async Task What_cannot_be_had_is_refused_with_a_status(string path, int code, string message)
    {
        using var answer = await http.GetAsync($"api/v1/namespaces/default/pods/{path}");
        Assert.Equal(
            (code, message),
            ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_log_ends_with_the_last_byte_that_was_asked_for()
    {
        runtime.Logs = async (_, output, cancel) =>
        {
            while (true) await output.WriteAsync("0123456789"u8.ToArray(), cancel);
        };
        Assert.Equal("012345678901234", await http.GetStringAsync($"{Web}/log?limitBytes=15"));
    }

    [Fact]
    public async Task What_breaks_in_the_middle_does_not_look_whole()
    {
        runtime.Logs = async (_, output, _) =>
        {
            await output.WriteAsync(new byte[100]);
            throw new PodAccessException("its node went away");
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"{Web}/log"));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync("gossip/v1/pods/default/web/copy?path=/etc"));
    }

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.channel.k8s.io")]
    public async Task A_command_has_its_input_output_errors_and_exit_code(string protocol)
    {
        runtime.Exec = async (command, console, cancel) =>
        {
            var typed = new byte[5];
            await console.Input!.ReadExactlyAsync(typed, cancel);
            await console.Output.WriteAsync(
                Encoding.UTF8.GetBytes($"{string.Join('|', command)} {Encoding.UTF8.GetString(typed)}"), cancel);
            await console.Error.WriteAsync("oh"u8.ToArray(), cancel);
            return 3;
        };
        using var socket = await OpenAsync("exec?command=say&command=it%20all&stdin=true&stdout=true&stderr=true", protocol);
        await SendAsync(socket, 0, "he");
        await SendAsync(socket, 0, "llo");
        var said = await ReadAllAsync(socket);
        Assert.Equal("say|it all hello", said[1]);
        Assert.Equal("oh", said[2]);
        var status = JsonNode.Parse(said[3])!;
        Assert.Equal(
            ("Failure", "NonZeroExitCode", "3"),
            (status["status"]!.GetValue<string>(), status["reason"]!.GetValue<string>(),
            status["details"]!["causes"]![0]!["message"]!.GetValue<string>()));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_terminal_has_sizes_and_no_errors_of_its_own_and_input_can_end()
    {
        runtime.Exec = async (_, console, cancel) =>
        {
            Assert.Same(Stream.Null, console.Error);
            var size = await console.Sizes!.ReadAsync(cancel);
            await console.Output.WriteAsync(
                Encoding.UTF8.GetBytes($"{size.Columns}x{size.Rows} {await new StreamReader(console.Input!).ReadToEndAsync(cancel)}"),
                cancel);
            return 0;
        };
        using var socket = await OpenAsync("attach?stdin=true&stdout=true&stderr=true&tty=true");
        await SendAsync(socket, 4, "no size");
        await SendAsync(socket, 4, """{"Width":100,"Height":30}""");
        await SendAsync(socket, 77, "a channel of a later version");
        await SendAsync(socket, 0, "bye");
        await socket.SendAsync(new byte[] { 255, 0 }, WebSocketMessageType.Binary, true, default);
        var said = await ReadAllAsync(socket);
        Assert.Equal("100x30 bye", said[1]);
        Assert.Equal("Success", JsonNode.Parse(said[3])!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_command_ends_when_the_client_goes()
    {
        var (runs, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        runtime.Exec = async (_, _, cancel) =>
        {
            runs.SetResult();
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
            return 0;
        };
        var socket = await OpenAsync("exec?command=wait&stdout=true");
        await runs.Task.WaitAsync(ShownPod.Patience);
        socket.Abort();
        await ended.Task.WaitAsync(ShownPod.Patience);
    }

    [Fact]
    public async Task Web_pages_and_unknown_protocols_get_no_console()
    {
        runtime.Exec = (_, _, _) => throw new InvalidOperationException("must not run");
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync("exec?command=it", "v9.channel.k8s.io"));
        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync("exec?command=it", origin: "http://somewhere.test"));
    }

    [Fact]
    public async Task Metrics_are_the_difference_of_two_looks()
    {
        var list = JsonNode.Parse(await http.GetStringAsync("apis/metrics.k8s.io/v1beta1/namespaces/default/pods"))!;
        Assert.Equal("PodMetricsList", list["kind"]!.GetValue<string>());
        var shown = list["items"]![0]!;
        var usage = shown["containers"]![0]!["usage"]!;
        Assert.Equal("3072Ki", usage["memory"]!.GetValue<string>());
        // A tenth of a second in the window that is told: a timer may fire a little early, so that it is no whole second.
        var window = double.Parse(shown["window"]!.GetValue<string>().TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture);
        var cpu = long.Parse(usage["cpu"]!.GetValue<string>().TrimEnd('n'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(window, 0.9, 60);
        Assert.Equal(0.1, cpu * 1e-9 * window, 0.001);
        Assert.Equal(
            "web", JsonNode.Parse(await http.GetStringAsync("apis/metrics.k8s.io/v1beta1/namespaces/default/pods/web"))!["metadata"]![
            "name"]!.GetValue<string>());
        Assert.Empty(
            JsonNode.Parse(await http.GetStringAsync("apis/metrics.k8s.io/v1beta1/pods?labelSelector=app=none"))!["items"]!.AsArray());
    }

    async Task<ClientWebSocket> OpenAsync(string what, string protocol = "v5.channel.k8s.io", string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        await socket.ConnectAsync(new UriBuilder(new Uri(pod.Url, $"{Web}/{what}")) { Scheme = "ws" }.Uri, default);
        return socket;
    }

    static Task SendAsync(WebSocket socket, byte channel, string text) =>
        socket.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, default);

    /// <summary>Everything that was said on each channel, until the server closes.</summary>
    static async Task<string[]> ReadAllAsync(WebSocket socket)
    {
        using var patience = new CancellationTokenSource(ShownPod.Patience);
        var said = new string[4];
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (message.MessageType == WebSocketMessageType.Close) return said;
            Assert.True(message.EndOfMessage);
            said[buffer[0]] += Encoding.UTF8.GetString(buffer, 1, message.Count - 1);
        }
    }
}
