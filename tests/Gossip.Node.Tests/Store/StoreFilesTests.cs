using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Store;

/// <summary>Nobody else reads what a store writes, however generous the umask is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StoreFilesTests : IDisposable
{
    const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite, OwnFolder = OwnFile | UnixFileMode.UserExecute;
    const UnixFileMode Everybody = OwnFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    readonly string root = Directory.CreateTempSubdirectory("gossip-modes-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Every_file_of_a_store_is_its_users_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix'");
        var folder = Path.Combine(root, "above", "data");
        var before = umask(0);
        try
        {
            using (var store = new FileStore(folder, "a"))
            {
                store.Open();
                store.Compact([1]);
                store.Append([2]);
                store.Sync();
                store.Append([3]);
                store.CloseCleanly();
            }
            foreach (var file in (string[])["log", "snapshot"]) // as an older version, or a hurried restore, left them
            {
                var bytes = File.ReadAllBytes(Path.Combine(folder, file));
                bytes[^14] ^= 1;
                File.WriteAllBytes(Path.Combine(folder, file), bytes);
                File.SetUnixFileMode(Path.Combine(folder, file), Everybody);
            }
            using (var store = new FileStore(folder, "a"))
            {
                Assert.NotEmpty(store.Open().Damage);
                Check(folder);
                store.Compact([4]);
            }
        }
        finally
        {
            umask(before);
        }
        Check(folder);
    }

    [Fact]
    public void A_folder_that_somebody_made_keeps_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix'");
        var folder = Path.Combine(root, "made");
        var mode = OwnFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(folder, mode);
        OwnerOnly.CreateFolder(Path.Combine(folder, "below"));
        Assert.Equal(mode, File.GetUnixFileMode(folder));
        Assert.Equal(OwnFolder, File.GetUnixFileMode(Path.Combine(folder, "below")));
    }

    static void Check(string folder)
    {
        Assert.Equal(OwnFolder, File.GetUnixFileMode(folder));
        Assert.Equal(OwnFolder, File.GetUnixFileMode(Path.GetDirectoryName(folder)!));
        var files = Directory.GetFiles(folder);
        Assert.Contains(Path.Combine(folder, "log.damaged"), files);
        foreach (var file in files) Assert.True(OwnFile == File.GetUnixFileMode(file), $"{file} is {File.GetUnixFileMode(file)}");
    }

    [DllImport("libc")]
    static extern uint umask(uint mask);
}
