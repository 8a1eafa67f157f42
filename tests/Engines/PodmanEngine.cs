namespace Gossip.Tests.Engines;

/// <summary>A private Podman behind its Docker-compatible socket, with storage and a network of its own.</summary>
public sealed class PodmanEngine : TestEngine
{
    readonly string bridge = $"gpm{Environment.ProcessId % 100_000}";

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Obstacle { get; } = Missing("podman", "conmon", "runc", "ip", "iptables");

    public override async Task StartAsync()
    {
        Directory.CreateDirectory(At("cni"));
        // crun refuses hybrid cgroups, and root may not raise limits everywhere.
        await File.WriteAllTextAsync(At("containers.conf"), $"""
            [containers]
            default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            exit_command_delay = 1
            tmp_dir = "{At("tmp")}"
            [network]
            network_backend = "cni"
            network_config_dir = "{At("cni")}"
            """);
        await File.WriteAllTextAsync(At("storage.conf"), $"""
            [storage]
            driver = "overlay"
            graphroot = "{At("graph")}"
            runroot = "{At("run")}"
            """);
        await File.WriteAllTextAsync(At("cni/87-podman.conflist"), $$"""
            { "cniVersion": "0.4.0", "name": "podman", "plugins": [
              { "type": "bridge", "bridge": "{{bridge}}", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                "ipam": { "type": "host-local", "dataDir": "{{At("addresses")}}", "routes": [{ "dst": "0.0.0.0/0" }],
                          "ranges": [[{ "subnet": "10.{{200 + Environment.ProcessId % 50}}.{{Environment.ProcessId / 50 % 250}}.0/24" }]] } },
              { "type": "portmap", "capabilities": { "portMappings": true } },
              { "type": "firewall" }, { "type": "tuning" } ] }
            """);
        Start("podman", new() { ["CONTAINERS_CONF"] = At("containers.conf"), ["CONTAINERS_STORAGE_CONF"] = At("storage.conf") },
            "podman", "system", "service", "--time=0", $"unix://{Socket}");
        await UntilAnswersAsync();
    }

    protected override async Task CleanAsync()
    {
        await RunAsync("ip", "link", "delete", bridge);
        await DeleteFolderAsync();
    }

    string At(string name) => Path.Combine(Folder, name);
}
