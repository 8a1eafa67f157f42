using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>As whom and with which rights a command runs, given away by <c>setpriv</c> in the moment before it begins.</summary>
static class Privileges
{
    /// <summary>
    /// What root in an isolated pod may do: what container engines leave it, but for making device nodes, since no list of
    /// allowed devices guards those here.
    /// </summary>
    static readonly string[] Usual =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP",
        "SETUID", "SYS_CHROOT",
    ];

    public static string? Setpriv { get; } = Executable.TryFind("setpriv", ContainerShell.SystemPath, "/");

    /// <summary>What stands before the command of a container in an isolated pod.</summary>
    /// <exception cref="StartError">It asks for what cannot be.</exception>
    public static ImmutableArray<string> Isolated(SecuritySettings security, long? volumes)
    {
        CheckNonRoot(security, isRoot: security.RunAsUser is null or 0);
        var words = ImmutableArray.CreateBuilder<string>();
        words.Add(Setpriv!);
        if (!security.Privileged)
        {
            var kept = new SortedSet<string>(security.DropCapabilities.Contains("ALL", StringComparer.OrdinalIgnoreCase) ? [] : Usual, StringComparer.OrdinalIgnoreCase);
            kept.ExceptWith(security.DropCapabilities);
            kept.UnionWith(security.AddCapabilities);
            words.Add($"--bounding-set={(kept.Contains("ALL") ? "+all" : string.Join(',', kept.Select(name => "+" + name.ToLowerInvariant()).Prepend("-all")))}");
            words.Add("--inh-caps=-all");
        }
        if (security.RunAsUser is { } user) words.Add(Option("--reuid", user));
        if (security.RunAsUser is not null || security.RunAsGroup is not null) words.Add(Option("--regid", security.RunAsGroup ?? 0));
        var groups = security.Groups.IsDefaultOrEmpty ? [] : security.Groups.ToList();
        if (volumes is { } group) groups.Add(group);
        words.Add(groups.Count == 0 ? "--clear-groups" : $"--groups={string.Join(',', groups.Select(number => number.ToString(CultureInfo.InvariantCulture)))}");
        if (security.NoNewPrivileges) words.Add("--no-new-privs");
        return words.DrainToImmutable();
    }

    /// <summary>The same for a plain process, which stays what the node is: nothing can be added, and only so much taken.</summary>
    /// <exception cref="StartError">It asks for what cannot be.</exception>
    public static ImmutableArray<string> Plain(SecuritySettings security)
    {
        var isRoot = Environment.IsPrivilegedProcess;
        CheckNonRoot(security, isRoot);
        if (security.RunAsUser is { } user && user != Libc.UserId) throw Refused("runAsUser", $"is {user}, and the node runs as user {Libc.UserId}");
        if (security.RunAsGroup is { } group && group != Libc.GroupId) throw Refused("runAsGroup", $"is {group}, and the node runs as group {Libc.GroupId}");
        if (security.ReadOnlyRoot) throw Refused("readOnlyRootFilesystem", "is asked for, and the pod sees the machine's own files");
        if (security.Privileged && !isRoot) throw Refused("privileged", "is asked for, and the node is not root");
        if (!security.AddCapabilities.IsDefaultOrEmpty && !isRoot) throw Refused("capabilities.add", "is given, and the node is not root");
        if (!security.NoNewPrivileges) return [];
        return Setpriv is { } program
            ? [program, "--no-new-privs"]
            : throw Refused("allowPrivilegeEscalation", "is false, which needs `setpriv`: install util-linux");
    }

    static void CheckNonRoot(SecuritySettings security, bool isRoot)
    {
        if (security.RunAsNonRoot && isRoot)
            throw new StartError(StartError.Invalid, "securityContext.runAsNonRoot: the container would run as root; give it a `runAsUser` other than 0");
    }

    static StartError Refused(string field, string why) => new(StartError.Invalid,
        $"securityContext.{field} {why}: a plain process cannot have it. Isolated pods can: run the node as root, with --process-isolation namespaces");

    static string Option(string name, long number) => string.Create(CultureInfo.InvariantCulture, $"{name}={number}");
}
