using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Tests.Processes;

/// <summary>Where a hidden path is seen, told from the table of mounts alone.</summary>
public sealed class HiddenPathsTests : IDisposable
{
    readonly string data = Directory.CreateTempSubdirectory("gossip-hidden-").FullName; // below /tmp
    readonly string key;

    public HiddenPathsTests() => File.WriteAllText(key = data + ".key", "");

    public void Dispose()
    {
        Directory.Delete(data);
        File.Delete(key);
    }

    static IEnumerable<string> Seen(HiddenPaths hidden, string mounts) =>
        MountTable.Parse(mounts).SelectMany(hidden.SeenAt).Select(place => place.Path);

    [Theory]
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw", "{0}")]
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:2 / /tmp rw - ext4 /dev/sdb rw", "{0}")] // a file system of its own
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:1 / /mnt/a\\040disk rw - ext4 /dev/sda rw", "{0} /mnt/a disk{0}")] // all of it again
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:1 /tmp /srv rw shared:1 - ext4 /dev/sda rw", "{0} /srv/{1}")] // a part of it
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:1 /usr /srv rw - ext4 /dev/sda rw", "{0}")] // another part
    [InlineData("22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:2 /@tmp /tmp rw - btrfs /dev/sdb rw\n24 22 8:2 / /top rw - btrfs /dev/sdb rw", "{0} /top/@tmp/{1}")]
    public void A_path_is_seen_at_every_mount_of_its_file_system(string mounts, string expected)
    {
        foreach (var path in new[] { data, key })
            Assert.Equal(string.Format(null, expected, path, Path.GetFileName(path)), string.Join(' ', Seen(new HiddenPaths([path], MountTable.Parse(mounts)), mounts)));
    }

    [Fact]
    public void A_mount_of_nothing_but_what_is_hidden_is_known_as_such()
    {
        var mounts = MountTable.Parse($"22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 8:1 {data}/below /srv rw - ext4 /dev/sda rw\n24 22 8:1 {data}er /opt rw - ext4 /dev/sda rw");
        var hidden = new HiddenPaths([data], mounts);

        Assert.Equal([false, true, false], mounts.Select(hidden.CoverAll));
        Assert.True(hidden.Cover(data + "/pods"));
        Assert.False(hidden.Cover(data + "er"));
    }

    [Fact]
    public void A_link_hides_what_it_leads_to_and_what_is_in_a_hidden_folder_is_hidden_once()
    {
        var link = data + "/link";
        File.CreateSymbolicLink(link, key);
        try
        {
            const string mounts = "22 1 8:1 / / rw - ext4 /dev/sda rw";
            Assert.Equal([data, key], Seen(new HiddenPaths([data, data + "/../" + Path.GetFileName(data), link, data + "/none"], MountTable.Parse(mounts)), mounts));
        }
        finally
        {
            File.Delete(link);
        }
    }
}
