using System.Diagnostics;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// What the containers of an isolated pod share: network, System V and POSIX queues, host name. A sleeping shell holds it,
/// as the pause container does elsewhere: it is there before the first container and after the last, and with it goes all
/// that it held. It outlives the node.
/// </summary>
sealed class PodSandbox(ProcessStat holder)
{
    // Waiting at a pipe that nobody writes to needs no further program. It is in no control group: entering one costs
    // a wait for every core of the machine (RCU), and a sleeper has nothing to limit.
    const string Holder = """
        folder=$1
        umask 077
        trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE
        printf %s "$2" >/proc/sys/kernel/hostname || exit 1
        if [ -n "$3" ]; then "$3" -batch - || exit 1; fi
        read -r boot </proc/sys/kernel/random/boot_id
        read -r self </proc/$$/stat
        printf '%s\n%s\n' "$boot" "$self" >"$folder/holder" || exit 1
        exec <>"$folder/hold" >/dev/null 2>&1
        while :; do read -r nothing; done
        """;

    public int HolderPid => holder.Pid;

    public async Task EndAsync(ProcessWatcher watcher)
    {
        var end = watcher.EndOf(holder);
        if (IsAlive) Libc.Signal(holder.Pid, Libc.Kill);
        await end.ConfigureAwait(false);
    }

    public bool IsAlive => ProcessTable.Find(holder.Pid) is { IsAlive: true } now && now.StartTime == holder.StartTime;

    /// <summary>A folder whose pod is, or was, isolated.</summary>
    public static bool IsIn(PodFolder folder) => File.Exists(HoldPath(folder));

    /// <summary>The words that enter what the pod shares.</summary>
    public IEnumerable<string> Enter() => [IsolationTools.Nsenter!, $"--net=/proc/{HolderPid}/ns/net", $"--ipc=/proc/{HolderPid}/ns/ipc", $"--uts=/proc/{HolderPid}/ns/uts"];

    /// <param name="ip">Null for the machine's own network.</param>
    /// <returns>Null with what went wrong; then nothing is left of it but its folder and group.</returns>
    public static async Task<(PodSandbox? Sandbox, string Problem)> StartAsync(PodFolder folder, string hostname, string? ip)
    {
        File.Delete(HoldPath(folder));
        if (!Libc.MakePipe(HoldPath(folder))) return (null, $"cannot make the pipe {HoldPath(folder)}");
        var start = new ProcessStartInfo(ContainerShell.Setsid!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] words =
        [
            IsolationTools.Unshare!, "--ipc", "--uts", .. ip is null ? (string[])[] : ["--net"],
            ContainerShell.ShellPath, "-c", Holder, "gossip-pod", folder.Path, hostname, ip is null ? "" : PodNetwork.Ip!,
        ];
        foreach (var word in words) start.ArgumentList.Add(word);
        start.Environment.Clear();
        start.Environment["PATH"] = ContainerShell.SystemPath;
        start.Environment[PodEnvironment.Mark] = folder.Path;
        using var process = Process.Start(start)!;
        if (ip is not null) await process.StandardInput.WriteAsync(PodNetwork.Inside(ip)).ConfigureAwait(false);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var problem = (await process.StandardError.ReadToEndAsync().ConfigureAwait(false)).Trim();
        await output.ConfigureAwait(false);
        if (problem.Length == 0 && ip is not null) problem = await PodNetwork.ConnectAsync(ip).ConfigureAwait(false);
        if (problem.Length == 0 && Find(folder) is { } sandbox) return (sandbox, "");
        process.Kill(); // each of those programs became the next: it is the holder, if there is one
        return (null, problem.Length > 0 ? problem : "the pod's holder ended as it began");
    }

    /// <summary>Of an earlier life of the node; null when its holder is gone, and with it what it held.</summary>
    public static PodSandbox? Find(PodFolder folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder.Path, "holder")).Split('\n') is [var boot, var line, ""]
                && boot == ProcessTable.BootId && ProcessStat.Parse(line) is { } holder && new PodSandbox(holder) is { IsAlive: true } sandbox
                ? sandbox
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string HoldPath(PodFolder folder) => Path.Combine(folder.Path, "hold");
}
