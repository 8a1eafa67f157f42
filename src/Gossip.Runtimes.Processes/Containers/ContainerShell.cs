using System.Diagnostics;
using System.Globalization;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>
/// Starts a container as a child that outlives the node: <c>setsid</c> gives it a session of its own, and a small
/// shell stays beside the command, because only a parent learns an exit code and the node may be gone by then. The
/// shell survives the signals sent to its group and uses nothing but what is built into it.
/// </summary>
static class ContainerShell
{
    public const string ShellPath = "/bin/sh";

    // Of the outer shell only: the command finds caught signals as they were, since it runs in a subshell. A pipe that is
    // opened for both ways waits for nobody and never ends.
    const string Record = """
        folder=$1 attempt=$2 input=$3 groups=$4 lease=$5
        shift 5
        umask 077
        trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE
        for group in $groups; do echo $$ >"$group/cgroup.procs" || exit 125; done
        read -r boot </proc/sys/kernel/random/boot_id
        read -r self </proc/$$/stat
        printf '%s\n%s\n%s\n' "$attempt" "$boot" "$self" >"$folder/pid" || exit 126
        exec <>"$input" 3>>"$folder/log"

        """;

    // Of a singleton: a process beside the command that goes by the machine's clock and kills all of the container when its lease
    // is over, also while the node is paused or gone. It is deaf to SIGTERM, and holds none of the shell's outputs open.
    const string Guard = """
        leased() { read -r until 2>/dev/null <"$lease" && read -r up _ </proc/uptime && [ "${up%.*}${up#*.}" -lt "$until" ]; }
        leased || { echo 'its lease is over' >&2; exit 125; }
        (
            trap '' HUP INT QUIT TERM USR1 USR2 ALRM PIPE
            exec >/dev/null 2>&1 3>&- </dev/null
            PATH=/usr/bin:/bin:$PATH
            while leased; do sleep 0.2 || sleep 1; done
            read -r me _ </proc/self/stat
            for round in 1 2 3; do
                for process in $(grep -lsF "GOSSIP_CONTAINER=$folder" /proc/[0-9]*/environ); do
                    process=${process#/proc/}
                    [ "${process%/environ}" = "$me" ] || kill -KILL "${process%/environ}"
                done
            done
            kill -KILL 0
        ) &

        """;

    // Until its outputs are turned away they are pipes to the node: closing them says "recorded, and ready for signals",
    // and what came out before is what went wrong. Only the command writes to the log; the shell's own remarks
    // ("Terminated") do not.
    const string RunPlain = """
        exec >/dev/null 2>&1
        (umask 022; exec "$@" >&3 2>&3 3>&-)

        """;

    // The first process of the container says itself when it is ready, and turns the outputs away.
    const string RunIsolated = """
        (umask 022; exec "$@")

        """;

    const string Conclude = """
        code=$?
        printf '%s\n' "$code" >"$folder/exit"
        exit "$code"
        """;

    public static readonly string SystemPath = (Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/bin:/bin";
    public static readonly string? Setsid = Executable.TryFind("setsid", SystemPath, "/");

    /// <summary>Why process pods cannot run on this machine, and what to do about it; null when they can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux()) return "the process runtime works on Linux only";
        if (!File.Exists(ShellPath)) return $"the process runtime needs {ShellPath}; install a shell, such as dash or busybox";
        if (Setsid is null) return "the process runtime needs `setsid`; install util-linux (or busybox)";
        if (ProcessTable.BootId.Length == 0) return "the process runtime needs /proc; mount it";
        var self = Libc.OpenPid(Environment.ProcessId);
        if (self < 0) return "the process runtime needs pidfd_open; use Linux 5.3 or newer";
        Libc.Close(self);
        return null;
    }

    /// <summary>What follows the program's name.</summary>
    public static IEnumerable<string> Arguments(ContainerSpec spec, Dictionary<string, string> variables) =>
        spec.Command.Skip(1).Concat(spec.Args.IsDefault ? [] : spec.Args).Select(word => Expansion.Expand(word, variables));

    /// <summary>Returns once the container is recorded on disk and its command is about to run.</summary>
    /// <param name="words">The program by its full path, and its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="group">That it enters; null for a plain process.</param>
    /// <param name="lease">The file that says until when it may live; empty for as long as it likes.</param>
    /// <exception cref="StartError">The command cannot run here.</exception>
    /// <exception cref="IOException">What it needs cannot be made, now.</exception>
    public static async Task StartAsync(
        ContainerFolder folder, int attempt, IEnumerable<string> words, string directory, string input, Dictionary<string, string> variables, Cgroup? group = null, string lease = "")
    {
        var start = new ProcessStartInfo(Setsid!)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                ShellPath, "-c", Record + (lease.Length > 0 ? Guard : "") + (group is null ? RunPlain : RunIsolated) + Conclude, "gossip-container",
                folder.Path, attempt.ToString(CultureInfo.InvariantCulture), input, group is null ? "" : string.Join(' ', group.Folders), lease,
            },
        };
        foreach (var word in words) start.ArgumentList.Add(word);
        start.Environment.Clear();
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Start(start); // it is watched by its number: the object would cost 40 kB a container
        process.StandardInput.Close();
        var isReady = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is not null;
        var problem = isReady ? "" : (await process.StandardError.ReadToEndAsync().ConfigureAwait(false)).Trim();
        if (isReady || (group is null && problem.Length == 0)) return;
        await process.WaitForExitAsync().ConfigureAwait(false);
        throw group is null || process.ExitCode is StartError.NotFound or StartError.NotUsable
            ? new StartError(group is null ? StartError.NotUsable : process.ExitCode, problem)
            : new IOException(problem.Length > 0 ? problem : "the container ended before its command began");
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new StartError(StartError.NotUsable, fault.Message); // too many processes, arguments too long …
        }
    }
}
