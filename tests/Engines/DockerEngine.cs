using System.Diagnostics;

namespace Gossip.Tests.Engines;

/// <summary>
/// A private Docker Engine that keeps containers alive while it is away. Its containerd runs on its own, so that an
/// engine that was killed can come back.
/// </summary>
public sealed class DockerEngine : TestEngine
{
    static int engines;

    readonly string bridge = $"gsp{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref engines)}";
    readonly string subnet = FormattableString.Invariant($"10.{100 + Environment.ProcessId % 100}.{Environment.ProcessId / 100 % 25 * 10 + engines}");
    Process? daemon;

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Obstacle { get; } = Missing("dockerd", "containerd", "runc", "ip", "iptables");

    public override async Task StartAsync()
    {
        Start("containerd", [], "containerd", "--root", At("containerd"), "--state", At("containerd-state"), "--address", At("containerd.sock"), "--log-level", "error");
        await UntilAsync(() => Task.FromResult(File.Exists(At("containerd.sock"))), "containerd");
        await RunAsync("ip", "link", "add", bridge, "type", "bridge");
        await RunAsync("ip", "address", "add", $"{subnet}.1/24", "dev", bridge);
        await RunAsync("ip", "link", "set", bridge, "up");
        await StartEngineAsync();
    }

    public async Task StartEngineAsync()
    {
        File.Delete(At("engine.pid"));
        daemon = Start("dockerd", [],
            "dockerd", "--containerd", At("containerd.sock"), "--data-root", At("data"), "--exec-root", At("exec"), "--pidfile", At("engine.pid"),
            "--host", $"unix://{Socket}", "--live-restore", "--bridge", bridge, "--log-level", "warn");
        await UntilAnswersAsync();
    }

    /// <summary>As a crash: the containers go on.</summary>
    public async Task KillEngineAsync()
    {
        await EndAsync(daemon!, kill: true);
        File.Delete(Socket);
    }

    protected override async Task CleanAsync()
    {
        await RunAsync("ip", "link", "delete", bridge);
        await DeleteFolderAsync();
    }

    string At(string name) => Path.Combine(Folder, name);
}
