using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>
/// What an isolated container sees as <c>/</c>: the machine's own files underneath, its writes in a layer of memory on top
/// (an overlay), and over that whatever is its alone: processes, devices, <c>/run</c>, <c>/tmp</c>, its volumes; without the node's
/// own files. It is all mounted in a mount namespace of its own, so that nothing of it is left on the machine.
/// </summary>
/// <param name="hiddenPaths">Files and folders of the machine that pods must not see; the node's data folder is one of them.</param>
sealed class ContainerRoot(ContainerFolder folder, ImmutableArray<string> hiddenPaths)
{
    const string NoType = "none";
    const int ReadableFolder = 0b111_101_101; // 755
    const int ReadableFile = 0b110_100_100; // 644

    /// <summary>Where a container has something of its own in place of the machine's.</summary>
    static readonly string[] OwnFolders = ["/dev", "/proc", "/run", "/sys", "/tmp"];

    /// <summary>File systems that hold files of people and programs; others are the kernel's, or memory.</summary>
    static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "nfs", "nfs4", "cifs", "9p", "virtiofs", "squashfs", "erofs", "vfat", "fuseblk",
    };

    readonly StringBuilder table = new();
    string upper = "", empty = "";

    /// <summary>Writes what to mount, and makes the folders that are mounted.</summary>
    /// <exception cref="VolumeError">A mount cannot be had.</exception>
    public void Write(PodLaunch launch, ContainerSpec spec, PodVolumes volumes, string ip, PodMemory memory)
    {
        OwnerOnly.CreateFolder(At("root"));
        VolumeCalls.MakeFolder(At("tmp"), 0b1_111_111_111); // 1777, below a folder that only the node can enter
        if (spec.Security.RunAsUser is { } user and not 0) VolumeCalls.ChangeOwner(folder.WorkPath, user, spec.Security.RunAsGroup ?? 0);
        (upper, var work, empty) = memory.NewLayer(spec.Name);
        WriteNames(launch, ip);

        AddMachine(work);
        AddKernels(spec.Security.Privileged);
        Add(memory.Shared, "/dev/shm", NoType, "bind,X-mount.mkdir");
        Add("gossip", "/run", "tmpfs", "mode=755,nosuid,nodev");
        Add(At("tmp"), "/tmp", NoType, "bind,nosuid,nodev");
        AddProgram();
        Add(folder.WorkPath, folder.WorkPath, NoType, "bind,X-mount.mkdir");
        foreach (var mount in spec.Mounts) AddVolume(mount, volumes);
        OwnerOnly.Write(At("fstab"), table.ToString());
    }

    /// <summary>The machine's file systems without what is hidden. Those below the container's own folders would not be seen.</summary>
    void AddMachine(string work)
    {
        var mounts = MountTable.Read();
        var hidden = new HiddenPaths(hiddenPaths, mounts);
        Add("overlay", "/", "overlay", $"lowerdir=/,upperdir={upper},workdir={work}");
        Hide(hidden.SeenAt(HiddenPaths.MountOf("/", mounts)).Where(place => !IsOwn(place.Path)));
        foreach (var mount in mounts)
        {
            if (mount.Path == "/" || IsOwn(mount.Path) || !Kept.Contains(mount.Type)) continue;
            if (!hidden.Cover(mount.Path) && !hidden.CoverAll(mount)) AddPart(mount, hidden, "");
        }
        // Of other file systems a container sees nothing; its folders below a hidden one need a place that can be written to.
        foreach (var mount in hidden.Folders.Select(path => HiddenPaths.MountOf(path, mounts)).Distinct())
            if (!Kept.Contains(mount.Type) && mount.Path != "/" && !IsOwn(mount.Path))
                Add("gossip", mount.Path, "tmpfs", "mode=755,size=1m,X-mount.mkdir");
    }

    /// <summary>What pods are told of must be there, wherever the node itself is.</summary>
    void AddProgram()
    {
        var mounts = MountTable.Read();
        var hidden = new HiddenPaths(hiddenPaths, mounts);
        var program = VolumeCalls.RealPath(AppContext.BaseDirectory);
        if ((IsOwn(program) || hidden.Cover(program)) && !hidden.Folders.Contains(program, StringComparer.Ordinal))
            AddPart(HiddenPaths.AsMount(program, mounts), hidden, ",X-mount.mkdir");
    }

    /// <summary>
    /// Binds a part of the machine, to be read only. The machine may put another file in the place of a hidden one, which takes
    /// away what is mounted on it (rename(2)); an overlay keeps its own names, so it is in between where a file is hidden.
    /// </summary>
    void AddPart(MountPoint mount, HiddenPaths hidden, string more)
    {
        var seen = hidden.SeenAt(mount).ToList();
        if (seen.Exists(place => !place.IsFolder) && !mount.Path.AsSpan().ContainsAny(":,\\\""))
            Add("overlay", mount.Path, "overlay", $"ro,lowerdir={mount.Path}:{empty}{more}");
        else
            Add(mount.Path, mount.Path, NoType, "bind,ro" + more);
        Hide(seen);
    }

    void Hide(IEnumerable<(string Path, bool IsFolder)> places)
    {
        foreach (var (path, isFolder) in places)
            if (isFolder) Add("gossip", path, "tmpfs", "mode=755,size=1m");
            else Add("/dev/null", path, NoType, "bind");
    }

    void AddKernels(bool isPrivileged)
    {
        Add("proc", "/proc", "proc", "nosuid,nodev,noexec");
        Add("sysfs", "/sys", "sysfs", isPrivileged ? "nosuid,nodev,noexec" : "ro,nosuid,nodev,noexec");
        if (isPrivileged)
        {
            Add("/dev", "/dev", NoType, "rbind");
            return;
        }
        // The machine's own switches: to be seen, not turned.
        foreach (var path in (ReadOnlySpan<string>)["/proc/sys", "/proc/irq", "/proc/bus"])
            if (Directory.Exists(path)) Add(At("root") + path, path, NoType, "bind,ro");
        foreach (var path in (ReadOnlySpan<string>)["/proc/sysrq-trigger", "/proc/kcore", "/proc/keys", "/proc/timer_list"])
            if (File.Exists(path)) Add("/dev/null", path, NoType, "bind");
        Add("devpts", "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=620,X-mount.mkdir");
    }

    void AddVolume(VolumeMount mount, PodVolumes volumes)
    {
        var source = volumes.Source(mount);
        var target = Landing(mount.Path);
        if (!Directory.Exists(source))
        {
            // A file needs a file to land on.
            MakeFolder(Path.GetDirectoryName(target)!);
            if (!File.Exists(upper + target)) WriteReadable(target, "");
        }
        Add(source, target, NoType, (Directory.Exists(source) ? "rbind,X-mount.mkdir" : "bind") + (volumes.IsReadOnly(mount) ? ",ro" : ""));
    }

    /// <summary>A folder of the layer that the container writes to. It hides the machine's, so it takes over that one's mode.</summary>
    void MakeFolder(string path)
    {
        if (path == "/" || Directory.Exists(upper + path)) return;
        MakeFolder(Path.GetDirectoryName(path)!);
        var mode = OperatingSystem.IsLinux() && Directory.Exists(path) ? (int)File.GetUnixFileMode(path) : ReadableFolder;
        VolumeCalls.MakeFolder(upper + path, mode);
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
        var hostname = PodHostname.Of(launch);
        WriteReadable("/etc/hostname", hostname + "\n");
        WriteReadable("/etc/hosts", $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{ip}\t{hostname}\n");
        if (File.Exists("/etc/resolv.conf")) WriteReadable("/etc/resolv.conf", File.ReadAllText("/etc/resolv.conf")); // often a link into /run
    }

    /// <summary>A file of the container's own root that every user in it can read, whatever the node's umask.</summary>
    void WriteReadable(string path, string text)
    {
        File.WriteAllText(upper + path, text);
        VolumeCalls.Chmod(upper + path, ReadableFile);
    }

    static bool IsOwn(string path) => OwnFolders.Any(own => HiddenPaths.Below(path, own) is not null);

    void Add(string source, string target, string type, string options) =>
        table.Append(Escape(source)).Append(' ').Append(Escape(At("root") + (target == "/" ? "" : target))).Append(' ')
            .Append(type).Append(' ').Append(Escape(options)).Append(" 0 0\n");

    static string Escape(string path) => path.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal)
        .Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal).Replace("#", "\\043", StringComparison.Ordinal);

    string At(string name) => Path.Combine(folder.Path, name);
}
