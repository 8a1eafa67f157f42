using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>
/// What a test needs another process to do. It is this same program, started with <c>--helper</c>: no tool has to be
/// installed for it. See <see cref="Program"/>.
/// </summary>
static class Helper
{
    const string Flag = "--helper";

    /// <summary>Listens on $POD_IP and a port, says <c>listening</c>, and stays until it is killed.</summary>
    public static ImmutableArray<string> Listen(int port) => Command("listen", port.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A node that runs <paramref name="launch"/>'s containers, says <c>running</c>, and stays until it is killed.</summary>
    /// <param name="hidden">From isolated pods.</param>
    public static ImmutableArray<string> Host(
        string folder, PodLaunch launch, ProcessIsolation isolation, params ReadOnlySpan<string> hidden)
    {
        var file = Path.Combine(folder, "..", Path.GetRandomFileName());
        new PodFile("", launch).Write(file);
        return Command(["host", folder, file, isolation.ToString(), .. hidden]);
    }

    static ImmutableArray<string> Command(params ReadOnlySpan<string> arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, typeof(Helper).Assembly.Location, Flag, .. arguments]
            : [program, Flag, .. arguments];
    }

    /// <summary>False when the arguments are not for it.</summary>
    public static async Task<bool> RunAsync(string[] args)
    {
        if (args is not [Flag, var verb, .. var rest]) return false;
        if (verb == "listen") Listen(rest[0]);
        if (verb == "host") await HostAsync(rest[0], rest[1], Enum.Parse<ProcessIsolation>(rest[2]), rest[3..]);
        return true;
    }

    static void Listen(string port)
    {
        var address = IPAddress.Parse(Environment.GetEnvironmentVariable("POD_IP")!);
        using var listener = new TcpListener(address, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
        listener.Start();
        Console.WriteLine("listening");
        Thread.Sleep(Timeout.Infinite);
    }

    static async Task HostAsync(string folder, string file, ProcessIsolation isolation, string[] hidden)
    {
        var launch = PodFile.TryRead(file)!.Launch;
        File.Delete(file);
        var options = new ProcessRuntimeOptions(folder, NodeId.Of("node-1")) { Isolation = isolation, Hidden = [.. hidden] };
        await using var runtime = new ProcessRuntime(options);
        var reports = new Reports();
        await runtime.AdoptAsync(reports, default);
        await runtime.PrepareAsync(launch, [], default);
        foreach (var container in launch.Template.Containers)
            await runtime.StartContainerAsync(launch.Pod, ContainerStart.Bare(container.Name, 0), default);
        var problem = reports.All.FirstOrDefault(
            report => report is PodFailed or ContainerNotStarted or ContainerExited { Reason: "StartError" });
        Console.WriteLine(problem is null ? "running" : problem.ToString()!.ReplaceLineEndings(" "));
        await Task.Delay(Timeout.Infinite);
    }
}
