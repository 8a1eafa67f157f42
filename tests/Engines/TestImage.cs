using System.Diagnostics;
using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Gossip.Tests.Engines;

/// <summary>Images made of this machine's own programs: no registry is needed.</summary>
public static class TestImage
{
    const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>A shell and the usual small tools.</summary>
    public const string Tools = "registry.gossip.test/tools:1";

    /// <summary>The same with a command of its own.</summary>
    public const string Speaks = "registry.gossip.test/speaks:1";

    public static async Task ImportToolsAsync(this DockerClient client)
    {
        var tree = (await ToolsTreeAsync()).ToArray();
        await client.ImportAsync(Tools, new MemoryStream(tree), "CMD [\"/bin/sh\"]");
        await client.ImportAsync(Speaks, new MemoryStream(tree), "ENTRYPOINT [\"/bin/echo\", \"as the\"]", "CMD [\"image says\"]");
    }

    public static async Task<MemoryStream> ToolsTreeAsync() => await TreeAsync(["/bin/busybox"], ("bin", "/bin/busybox", await AppletsAsync()));

    /// <param name="changes">As of a Dockerfile.</param>
    public static async Task ImportAsync(this DockerClient client, string name, Stream tree, params string[] changes)
    {
        await client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromSrc = "-", Repo = name, Changes = changes }, tree, new AuthConfig(), new Progress<JSONMessage>());
    }

    /// <summary>A root file system of these programs, with every library that they need.</summary>
    /// <param name="links">Folder, what its links lead to, and their names.</param>
    public static async Task<MemoryStream> TreeAsync(IEnumerable<string> programs, params (string Folder, string To, string[] Names)[] links)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var program in programs)
        {
            files.Add(program);
            files.UnionWith(await LibrariesAsync(program));
        }
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var folder in (string[])["tmp", "etc", "dev", "proc", "sys"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = folder == "tmp" ? (UnixFileMode)0b1_111_111_111 : Executable });
            Write(writer, "etc/passwd", "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"u8.ToArray());
            foreach (var file in files) Write(writer, file.TrimStart('/'), await File.ReadAllBytesAsync(file));
            foreach (var (folder, to, names) in links)
                foreach (var name in names.Where(name => !files.Contains($"/{folder}/{name}")))
                    writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"{folder}/{name}") { LinkName = to });
        }
        tar.Position = 0;
        return tar;
    }

    static void Write(TarWriter writer, string path, byte[] content) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { Mode = Executable, DataStream = new MemoryStream(content) });

    static async Task<string[]> AppletsAsync() => (await OutputAsync("/bin/busybox", "--list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static async Task<IEnumerable<string>> LibrariesAsync(string program) =>
        (await OutputAsync("ldd", program)).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith('/') && File.Exists(word));

    static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return output;
    }
}
