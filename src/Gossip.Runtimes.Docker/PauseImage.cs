using System.Formats.Tar;
using System.Net;
using Docker.DotNet.Models;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// The image of the container that holds a pod's network: one program of some two hundred bytes that waits for SIGTERM and reaps
/// children. It is checked in beside its source (Pause/), so that no registry is needed for it and nothing more can be in it.
/// </summary>
static class PauseImage
{
    public const string Name = "localhost/gossip-pause:2";
    const string Path = "pause";

    // An entry's mode in the image: everybody may read and execute it.
    const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Brings it to the engine unless it is there.</summary>
    public static async Task EnsureAsync(Engine engine, CancellationToken cancel)
    {
        if (await engine.FindImageAsync(Name, cancel).ConfigureAwait(false) is not null) return;
        var version = await engine.VersionAsync(cancel).ConfigureAwait(false);
        var complaints = new Complaints();
        await engine.AskAsync(async token =>
        {
            await engine.Client.Images.CreateImageAsync(
                new ImagesCreateParameters { FromSrc = "-", Repo = Name, Changes = [$"ENTRYPOINT [\"/{Path}\"]"] },
                Tree(Program(version.Arch ?? "")), new AuthConfig(), complaints, token).ConfigureAwait(false);
            return true;
        }, cancel).ConfigureAwait(false);
        if (complaints.Last is { } complaint) throw new EngineFault(HttpStatusCode.InternalServerError, $"the pause image: {complaint}");
    }

    static MemoryStream Tree(byte[] program)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, Path)
            {
                Mode = Executable,
                DataStream = new MemoryStream(program),
            });
        tar.Position = 0;
        return tar;
    }

    /// <summary>The program for one architecture, as Docker (<c>amd64</c>) or Podman (<c>x86_64</c>) names it.</summary>
    /// <exception cref="EngineFault">None is checked in for it.</exception>
    internal static byte[] Program(string architecture)
    {
        var name = architecture switch
        {
            "amd64" or "x86_64" => "pause-amd64",
            "arm64" or "aarch64" => "pause-arm64",
            _ => throw new EngineFault(HttpStatusCode.NotImplemented,
                $"no pause program for the engine's architecture '{architecture}': only amd64 and arm64 are known"),
        };
        using var resource = typeof(PauseImage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        var program = new byte[resource.Length];
        resource.ReadExactly(program);
        return program;
    }
}
