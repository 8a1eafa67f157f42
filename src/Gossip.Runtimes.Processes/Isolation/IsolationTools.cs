using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>The programs of util-linux, iproute2 and coreutils that do the plumbing, and whether they can here.</summary>
static class IsolationTools
{
    static readonly string SearchPath = ContainerShell.SystemPath + ":/usr/sbin:/sbin";

    // All that a container needs of the kernel, tried once: namespaces, a tmpfs and an overlay of the machine's own files.
    const string Trial = """
        set -e
        mount -t tmpfs gossip "$0"
        mkdir "$0/upper" "$0/work" "$0/root"
        mount -t overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" gossip "$0/root"
        """;

    static readonly Lazy<string?> machine = new(Try);

    public static string? Unshare { get; } = Find("unshare");
    public static string? Nsenter { get; } = Find("nsenter");

    static string? Find(string name) => Executable.TryFind(name, SearchPath, "/");

    /// <summary>Why pods cannot be isolated on this machine, and what to do about it; null when they can.</summary>
    /// <param name="folder">Where pods are kept.</param>
    public static string? Obstacle(string folder) => folder.AsSpan().ContainsAny(":,\\\"")
        ? $"isolating pods needs a folder without `:`, `,`, `\\` and quotes in its path; {folder} has one"
        : machine.Value;

    /// <summary>The node's control groups; null where there are none, or none that this user may have.</summary>
    public static CgroupTree? FindGroups(string folder) => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
        ? CgroupTree.Find(File.ReadAllText("/proc/self/mounts"), StableHash.Of(folder).ToString("x16", CultureInfo.InvariantCulture), out _)
        : null;

    static string? Try()
    {
        if (!Environment.IsPrivilegedProcess) return "isolating pods needs root";
        foreach (var (name, package) in (ReadOnlySpan<(string, string)>)[
            ("unshare", "util-linux"), ("nsenter", "util-linux"), ("setpriv", "util-linux"), ("mount", "util-linux"), ("umount", "util-linux"),
            ("pivot_root", "util-linux"), ("ip", "iproute2")])
            if (Find(name) is null) return $"isolating pods needs `{name}`; install {package}";
        if (CgroupTree.Find(File.ReadAllText("/proc/self/mounts"), "trial", out var why) is null) return $"isolating pods needs control groups: {why}";
        var trial = Directory.CreateTempSubdirectory("gossip-trial-");
        try
        {
            var problem = Tool.RunAsync([Unshare!, "--net", "--ipc", "--uts", "--pid", "--mount", "--fork", ContainerShell.ShellPath, "-c", Trial, trial.FullName], "").GetAwaiter().GetResult();
            return problem.Length == 0 ? null : $"this machine does not let the node isolate pods: {problem}";
        }
        finally
        {
            trial.Delete();
        }
    }
}
