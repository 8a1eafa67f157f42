using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>A container in namespaces of its own (processes, mounts) beside those that its pod shares, and in a control group of its own.</summary>
static class IsolatedContainer
{
    // The first process of the container: builds its root, starts the command, waits for it and for orphans. The command
    // is not the first process itself, or it would not hear SIGTERM without having asked for it.
    const string First = """
        folder=$1 work=$2 readonly=$3 program=$4
        shift 4
        path=$PATH PATH=/usr/sbin:/usr/bin:/sbin:/bin
        fail() { echo "$2" >&2; exit "$1"; }
        cd "$folder" && mount -a -T fstab || exit 125
        cd root && pivot_root . . && umount -l . || exit 125
        [ -z "$readonly" ] || mount -o remount,ro / || exit 125
        PATH=$path
        cd "$work" 2>/dev/null || fail 126 "workingDir '$work' is not a directory in the container"
        found=$(command -v -- "$program") || fail 127 "'$program' was not found in the container (PATH is $PATH)"
        [ -x "$found" ] && [ ! -d "$found" ] || fail 126 "'$found' is not a program that can be executed"
        trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE
        echo ready
        exec >/dev/null 2>&1
        (exec "$@" >&3 2>&3 3>&-)
        exit $?
        """;

    const string Enter = """
        for group in $0; do echo $$ >"$group/cgroup.procs" || exit 126; done
        exec "$@"
        """;

    const string InFolder = """
        cd "$0" || exit 126
        umask 022
        exec "$@"
        """;

    /// <exception cref="StartError">The command cannot run here.</exception>
    /// <exception cref="IOException">The container cannot be made here, now.</exception>
    public static async Task StartAsync(ContainerStart asked, ContainerSpec spec, ContainerFolder folder, ProcessPod pod, PodSandbox sandbox, Cgroup group, ImmutableArray<string> hidden)
    {
        var variables = PodEnvironment.Build(asked, folder.Path, root: "");
        var program = Expansion.Expand(spec.Command[0], variables);
        if (program.Length == 0 || program.Contains('\0')) throw new StartError(StartError.Invalid, "command: the name of the program is empty or holds a zero byte");
        var directory = Directory(spec, folder);
        var privileges = Privileges.Isolated(spec.Security, pod.Launch.Template.FsGroup);
        new ContainerRoot(folder, hidden).Write(pod.Launch, spec, pod.Volumes, pod.Ip, new PodMemory(pod.Folder));
        group.Remove();
        group.Create();
        group.Limit(spec.Requests, spec.Limits);
        await ContainerShell.StartAsync(
            folder, asked.Attempt,
            [
                .. sandbox.Enter(), IsolationTools.Unshare!, "--pid", "--mount", "--fork", "--kill-child",
                ContainerShell.ShellPath, "-c", First, "gossip-container", folder.Path, directory, spec.Security.ReadOnlyRoot ? "yes" : "",
                program,
                .. privileges, .. CleanStart.Of([program, .. ContainerShell.Arguments(spec, variables)], variables),
            ],
            "/", folder.Input(spec), variables, group, PodLease.Of(pod)).ConfigureAwait(false);
    }

    /// <summary>The words that run a command in a running container; null when its first process is not there (any more).</summary>
    public static IReadOnlyList<string>? Exec(
        IEnumerable<string> command, ContainerSpec spec, ContainerFolder folder, Cgroup group, long? volumes)
    {
        if (group.Processes().FirstOrDefault(IsFirst) is not (> 0 and var first)) return null;
        return
        [
            ContainerShell.ShellPath, "-c", Enter, string.Join(' ', group.Folders),
            IsolationTools.Nsenter!, "--target", first.ToString(CultureInfo.InvariantCulture), "--mount", "--uts", "--ipc", "--net", "--pid",
            ContainerShell.ShellPath, "-c", InFolder, Directory(spec, folder), .. Privileges.Isolated(spec.Security, volumes), .. command,
        ];
    }

    static string Directory(ContainerSpec spec, ContainerFolder folder) => spec.WorkingDirectory switch
    {
        "" => folder.WorkPath,
        ['/', ..] given => given,
        var given => throw new StartError(StartError.NotUsable, $"workingDir '{given}' is not an absolute path"),
    };

    /// <summary>In its own namespace it is number 1.</summary>
    static bool IsFirst(int pid)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
                .FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal))?.Split('\t') is [_, _, .., "1"];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
