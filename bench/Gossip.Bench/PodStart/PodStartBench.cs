using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Docker;

namespace Gossip.Bench.PodStart;

/// <summary>
/// The start of a pod of one container on a Docker Engine, beside what somebody would type for the same two containers: <c>docker
/// run</c> of the pause container, and of the other one in its network. In turns, on one engine, so that both meet the
/// same machine. Answers 1 when the ratio of the medians misses its aim.
/// </summary>
static class PodStartBench
{
    const double Aim = 1.3;
    static readonly string[] Sleep = ["sleep", "1000"];

    public static Command Create()
    {
        var docker = new Option<string>("--docker") { Description = "Where the engine answers", DefaultValueFactory = _ => "unix:///var/run/docker.sock" };
        var image = new Option<string>("--image") { Description = "Any image on it that can sleep", DefaultValueFactory = _ => "busybox:1.36" };
        var times = new Option<int>("--times") { Description = "Starts of each kind", DefaultValueFactory = _ => 20 };
        var json = Options.Json();
        var command = new Command("podstart", "A pod's start on Docker beside docker run of the same containers") { docker, image, times, json };
        command.SetAction((parsed, _) => RunAsync(new Uri(parsed.GetValue(docker)!), parsed.GetValue(image)!, parsed.GetValue(times), parsed.GetValue(json)));
        return command;
    }

    static async Task<int> RunAsync(Uri engine, string image, int times, bool asJson)
    {
        var folder = Directory.CreateTempSubdirectory("gossip-podstart-");
        var news = new News();
        await using var runtime = new DockerRuntime(new DockerRuntimeOptions(folder.FullName, NodeId.Of("bench"), engine, "127.0.0.1"));
        await runtime.AdoptAsync(news, default);
        List<double> pods = [], runs = [];
        for (var i = -1; i < times; i++) // the first of each pays for compilation and for the pause image
        {
            var pod = await PodAsync(runtime, news, Launch(i + 2, image));
            var run = await DockerRunAsync(engine, image);
            if (i < 0) continue;
            pods.Add(pod);
            runs.Add(run);
        }
        folder.Delete(recursive: true);
        var (ours, theirs) = (Median(pods), Median(runs));
        var ratio = Math.Round(ours / theirs, 2);
        Console.WriteLine(asJson
            ? JsonSerializer.Serialize(new { podMilliseconds = Math.Round(ours, 1), dockerRunMilliseconds = Math.Round(theirs, 1), ratio, aim = Aim, times })
            : string.Create(CultureInfo.InvariantCulture,
                $"pod {ours:F0} ms, docker run of both containers {theirs:F0} ms (medians of {times}): {ratio:F2} times, at most {Aim}{(ratio <= Aim ? "" : "  MISSED")}"));
        return ratio <= Aim ? 0 : 1;
    }

    static async Task<double> PodAsync(DockerRuntime runtime, News news, PodLaunch launch)
    {
        var clock = Stopwatch.GetTimestamp();
        await runtime.PrepareAsync(launch, [], default);
        await runtime.StartContainerAsync(launch.Pod, ContainerStart.Bare("main", 0), default);
        await news.Started(launch.Pod);
        var took = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        await runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        return took;
    }

    static async Task<double> DockerRunAsync(Uri engine, string image)
    {
        var clock = Stopwatch.GetTimestamp();
        var pause = await DockerAsync(engine, "run", "-d", PauseImage.Name);
        var main = await DockerAsync(engine, ["run", "-d", "--network", $"container:{pause}", image, .. Sleep]);
        var took = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        await DockerAsync(engine, "rm", "-f", main, pause);
        return took;
    }

    /// <returns>What it printed: of a run, the container's id.</returns>
    static async Task<string> DockerAsync(Uri engine, params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", ["--host", engine.ToString(), .. arguments]) { RedirectStandardOutput = true })!;
        var output = await docker.StandardOutput.ReadToEndAsync();
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"docker {arguments[0]} ended with {docker.ExitCode}");
    }

    static PodLaunch Launch(int number, string image)
    {
        var container = new ContainerSpec("main", image, [.. Sleep], [], [], "", [], Resources.Zero, Resources.Zero) { PullPolicy = PullPolicy.Never };
        var template = new PodTemplate(
            1, Labels.Empty, Labels.Empty, [container], Resources.Zero, Labels.Empty, [], [], RuntimeNames.Docker, "", PodRestartPolicy.Always, TimeSpan.FromSeconds(1), null);
        var run = new PodRun(new PodId(new Uid(1, (ulong)number), 0, 1), Epoch.First);
        return new PodLaunch(run, $"start-{number}", "default", $"{number}", "bench", template);
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>Waits for a pod's container to run, or says why it does not.</summary>
    sealed class News : IPodReports
    {
        readonly System.Collections.Concurrent.ConcurrentDictionary<PodRun, TaskCompletionSource> waiting = new();

        public Task Started(PodRun pod) => Of(pod).Task;

        public void Report(PodReport report)
        {
            switch (report)
            {
                case ContainerStarted started:
                    Of(started.Pod).TrySetResult();
                    break;
                case ContainerNotStarted failed:
                    Of(failed.Pod).TrySetException(new InvalidOperationException($"{failed.Reason}: {failed.Message}"));
                    break;
                case PodFailed failed:
                    Of(failed.Pod).TrySetException(new InvalidOperationException($"{failed.Reason}: {failed.Message}"));
                    break;
            }
        }

        TaskCompletionSource Of(PodRun pod) => waiting.GetOrAdd(pod, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
