using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>Where a hidden path is seen, told from the table of mounts alone.</summary>
public sealed class HiddenPathsTests : IDisposable
{
    const string Root = "22 1 8:1 / / rw - ext4 /dev/sda rw";

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
    [InlineData("{0}")]
    [InlineData("{0}", "23 22 8:2 / /tmp rw - ext4 /dev/sdb rw")] // a file system of its own
    [InlineData("{0} /mnt/a disk{0}", "23 22 8:1 / /mnt/a\\040disk rw - ext4 /dev/sda rw")] // all of it again
    [InlineData("{0} /srv/{1}", "23 22 8:1 /tmp /srv rw shared:1 - ext4 /dev/sda rw")] // a part of it
    [InlineData("{0}", "23 22 8:1 /usr /srv rw - ext4 /dev/sda rw")] // another part
    [InlineData("{0} /top/@tmp/{1}", "23 22 8:2 /@tmp /tmp rw - btrfs /dev/sdb rw", "24 22 8:2 / /top rw - btrfs /dev/sdb rw")]
    public void A_path_is_seen_at_every_mount_of_its_file_system(string expected, params string[] more)
    {
        var mounts = string.Join('\n', [Root, .. more]);
        foreach (var path in new[] { data, key })
        {
            var seen = Seen(new HiddenPaths([path], MountTable.Parse(mounts)), mounts);
            Assert.Equal(string.Format(null, expected, path, Path.GetFileName(path)), string.Join(' ', seen));
        }
    }

    [Fact]
    public void A_mount_of_nothing_but_what_is_hidden_is_known_as_such()
    {
        var mounts = MountTable.Parse(
            $"{Root}\n23 22 8:1 {data}/below /srv rw - ext4 /dev/sda rw\n24 22 8:1 {data}er /opt rw - ext4 /dev/sda rw");
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
            string[] paths = [data, data + "/../" + Path.GetFileName(data), link, data + "/none"];
            Assert.Equal([data, key], Seen(new HiddenPaths(paths, MountTable.Parse(Root)), Root));
        }
        finally
        {
            File.Delete(link);
        }
    }
}
