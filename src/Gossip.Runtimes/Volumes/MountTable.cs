using System.Collections.Immutable;
using System.Text;

namespace Gossip.Runtimes.Volumes;

/// <summary>A place of the machine where a file system, or a folder or file of one, is mounted.</summary>
/// <param name="Device">Which file system: <c>major:minor</c>.</param>
/// <param name="Root">What of it is mounted: <c>/</c> for all of it.</param>
/// <param name="Path">Where.</param>
/// <param name="Type">Such as <c>ext4</c>.</param>
readonly record struct MountPoint(string Device, string Root, string Path, string Type);

/// <summary>What is mounted on this machine, as this process sees it. Linux only.</summary>
static class MountTable
{
    const string Table = "/proc/self/mountinfo";

    /// <summary>In the order in which they were mounted.</summary>
    public static ImmutableArray<MountPoint> Read() => Parse(File.ReadAllText(Table));

    /// <param name="text">Lines of proc(5): number, parent, device, root, path, options, optional fields, <c>-</c>, type, source, …</param>
    public static ImmutableArray<MountPoint> Parse(string text)
    {
        var mounts = ImmutableArray.CreateBuilder<MountPoint>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(' ');
            var end = Array.IndexOf(fields, "-");
            if (end < 6 || end + 1 >= fields.Length) continue;
            mounts.Add(new MountPoint(fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[end + 1]));
        }
        return mounts.DrainToImmutable();
    }

    /// <summary>Blanks and the like are written as a backslash and three octal digits.</summary>
    static string Unescape(string text)
    {
        if (!text.Contains('\\')) return text;
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text.AsSpan(i + 1, 3)))
            {
                plain.Append((char)(64 * (text[i + 1] - '0') + 8 * (text[i + 2] - '0') + (text[i + 3] - '0')));
                i += 3;
            }
            else
                plain.Append(text[i]);
        }
        return plain.ToString();
    }

    static bool IsOctal(ReadOnlySpan<char> digits) => !digits.ContainsAnyExceptInRange('0', '7');
}
