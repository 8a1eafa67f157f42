using System.Diagnostics;

namespace Gossip.EndToEnd;

/// <summary>A disk of its own for a node: ext4 in a file, so that it can be full, read-only, or copied as a power cut leaves it.</summary>
sealed class SmallDisk : IDisposable
{
    /// <summary>Also for ext4's own journal.</summary>
    public const int Megabytes = 48;

    readonly string image;
    bool isMounted;

    SmallDisk(string image, string path) => (this.image, Path) = (image, path);

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Null where nothing can be mounted: not as root, or in a container.</summary>
    /// <param name="folder">For the image and the mount point.</param>
    public static SmallDisk? TryMake(string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        var disk = new SmallDisk(System.IO.Path.Combine(folder, "disk.img"), System.IO.Path.Combine(folder, "disk"));
        Directory.CreateDirectory(disk.Path);
        using (var file = new FileStream(disk.image, FileMode.Create)) file.SetLength((long)Megabytes << 20);
        if (!TryRun("mkfs.ext4", "-q", "-F", disk.image) || !disk.TryMount()) return null;
        return disk;
    }

    public bool TryMount(string options = "loop") => isMounted = TryRun("mount", "-o", options, image, Path);

    public void Unmount()
    {
        if (!isMounted) return;
        isMounted = false;
        Assert.True(TryRun("umount", Path) || TryRun("umount", "-l", Path), $"{Path} stays mounted");
    }

    /// <summary>What a machine would find after its power went now: what was synced, and nothing that was only in memory.</summary>
    /// <param name="stopped">Everything that writes to it stands still meanwhile, for a cut has no duration.</param>
    public byte[] Cut(IEnumerable<int> stopped)
    {
        foreach (var process in stopped) Assert.True(TryRun("kill", "-STOP", $"{process}"));
        return File.ReadAllBytes(image);
    }

    /// <summary>Unmounted, it becomes what was cut, and is mounted: the file system recovers by itself.</summary>
    public void Become(byte[] cut)
    {
        Unmount();
        File.WriteAllBytes(image, cut);
        Assert.True(TryMount());
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var hog = new FileStream(Hog, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[64 * 1024]; block.Length >= 512;)
            try
            {
                hog.Write(block);
            }
            catch (IOException)
            {
                block = new byte[block.Length / 2];
            }
    }

    public void MakeRoom() => File.Delete(Hog);

    string Hog => System.IO.Path.Combine(Path, "hog");

    public void Dispose() => Unmount();

    static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
