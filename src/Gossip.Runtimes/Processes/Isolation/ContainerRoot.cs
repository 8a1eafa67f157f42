using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// What an isolated container sees as <c>/</c>: the machine's own files underneath, its writes in a layer of memory on top
/// (an overlay), and over that whatever is its alone: processes, devices, <c>/run</c>, <c>/tmp</c>, its volumes; with the node's
/// folders hidden. It is all mounted in a mount namespace of its own, so that nothing of it is left on the machine.
/// </summary>
/// <param name="hidden">Folders of the machine that pods have no business in; the pods' own is one of them.</param>
sealed class ContainerRoot(ContainerFolder folder, ImmutableArray<string> hidden)
{
    const string Empty = "none";

    /// <summary>File systems that hold files of people and programs; others are the kernel's, or memory.</summary>
    static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "nfs", "nfs4", "cifs", "9p", "virtiofs", "squashfs", "erofs", "vfat", "fuseblk",
    };

    readonly StringBuilder table = new();
    string upper = "";

    /// <summary>Writes what to mount, and makes the folders that are mounted.</summary>
    /// <exception cref="VolumeError">A mount cannot be had.</exception>
    public void Write(PodLaunch launch, ContainerSpec spec, PodVolumes volumes, string ip, PodMemory memory)
    {
        foreach (var name in (ReadOnlySpan<string>)["root", "tmp"]) Directory.CreateDirectory(At(name));
        VolumeCalls.Chmod(At("tmp"), 0b1_111_111_111); // 1777
        if (spec.Security.RunAsUser is not (null or 0)) VolumeCalls.Chmod(folder.WorkPath, 0b111_111_111);
        (upper, var work) = memory.NewLayer(spec.Name);
        WriteNames(launch, ip);

        Add("overlay", "/", "overlay", $"lowerdir=/,upperdir={upper},workdir={work}");
        foreach (var path in OtherFileSystems()) // under what is the container's own they would not be seen; and engines mount there for a moment
            if (!IsCovered(path)) Add(path, path, Empty, "bind,ro");
        AddKernels(spec.Security.Privileged);
        Add(memory.Shared, "/dev/shm", Empty, "bind,X-mount.mkdir");
        Add("gossip", "/run", "tmpfs", "mode=755,nosuid,nodev");
        Add(At("tmp"), "/tmp", Empty, "bind,nosuid,nodev");
        foreach (var path in hidden)
            if (!IsBelow(path, "/tmp") && !IsBelow(path, "/run")) Add("gossip", path, "tmpfs", "mode=755,size=1m,X-mount.mkdir");
        // What pods are told of must be there, wherever the node itself is.
        var program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        if (IsCovered(program)) Add(program, program, Empty, "bind,ro,X-mount.mkdir");
        Add(folder.WorkPath, folder.WorkPath, Empty, "bind,X-mount.mkdir");
        foreach (var mount in spec.Mounts) AddVolume(mount, volumes);
        File.WriteAllText(At("fstab"), table.ToString());
    }

    void AddKernels(bool isPrivileged)
    {
        Add("proc", "/proc", "proc", "nosuid,nodev,noexec");
        Add("sysfs", "/sys", "sysfs", isPrivileged ? "nosuid,nodev,noexec" : "ro,nosuid,nodev,noexec");
        if (isPrivileged)
        {
            Add("/dev", "/dev", Empty, "rbind");
            return;
        }
        // The machine's own switches: to be seen, not turned.
        foreach (var path in (ReadOnlySpan<string>)["/proc/sys", "/proc/irq", "/proc/bus"])
            if (Directory.Exists(path)) Add(At("root") + path, path, Empty, "bind,ro");
        foreach (var path in (ReadOnlySpan<string>)["/proc/sysrq-trigger", "/proc/kcore", "/proc/keys", "/proc/timer_list"])
            if (File.Exists(path)) Add("/dev/null", path, Empty, "bind");
        Add("devpts", "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=620,X-mount.mkdir");
    }

    void AddVolume(VolumeMount mount, PodVolumes volumes)
    {
        var source = volumes.Source(mount);
        var target = Landing(mount.Path);
        if (!Directory.Exists(source))
        {
            // A file needs a file to land on.
            Directory.CreateDirectory(Path.GetDirectoryName(upper + target)!);
            if (!File.Exists(upper + target)) File.WriteAllBytes(upper + target, []);
        }
        Add(source, target, Empty, (Directory.Exists(source) ? "rbind,X-mount.mkdir" : "bind") + (volumes.IsReadOnly(mount) ? ",ro" : ""));
    }

    /// <summary>A path with the machine's links in it followed: those of the container's root are the same ones, and mount(8) would follow them from here.</summary>
    static string Landing(string path)
    {
        var landing = "";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = $"{landing}/{part}";
            landing = VolumeCalls.Resolve(next) is { } real ? real == "/" ? "" : real : next;
        }
        return landing;
    }

    void WriteNames(PodLaunch launch, string ip)
    {
        var hostname = Hostname(launch);
        File.WriteAllText(upper + "/etc/hostname", hostname + "\n");
        File.WriteAllText(upper + "/etc/hosts", $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{ip}\t{hostname}\n");
        if (File.Exists("/etc/resolv.conf")) File.WriteAllBytes(upper + "/etc/resolv.conf", File.ReadAllBytes("/etc/resolv.conf")); // often a link into /run
    }

    /// <summary>The kernel takes 64 characters.</summary>
    public static string Hostname(PodLaunch launch)
    {
        var name = launch.Template.Hostname.Length > 0 ? launch.Template.Hostname : launch.Name;
        return name.Length <= 63 ? name : name[..63];
    }

    static IEnumerable<string> OtherFileSystems()
    {
        foreach (var line in File.ReadLines("/proc/self/mounts"))
            if (line.Split(' ') is [_, var path, var type, ..] && path != "/" && Kept.Contains(type) && !path.Contains('\\')) yield return path;
    }

    bool IsCovered(string path) => IsBelow(path, "/tmp") || IsBelow(path, "/run") || hidden.Any(own => IsBelow(path, own));

    static bool IsBelow(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    void Add(string source, string target, string type, string options) =>
        table.Append(Escape(source)).Append(' ').Append(Escape(target == "/" ? At("root") : At("root") + target)).Append(' ').Append(type).Append(' ').Append(options).Append(" 0 0\n");

    static string Escape(string path) => path.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal)
        .Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal).Replace("#", "\\043", StringComparison.Ordinal);

    string At(string name) => Path.Combine(folder.Path, name);
}
