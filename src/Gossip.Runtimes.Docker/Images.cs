using Docker.DotNet.Models;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using ContainerSpec = Gossip.Core.Templates.ContainerSpec;

namespace Gossip.Runtimes.Docker;

/// <summary>A container that cannot be started now, for a reason outside of it. Never leaves the runtime but as a report.</summary>
sealed class NotStarted(string reason, string message) : Exception(message)
{
    public const string PullFailed = "ErrImagePull";
    public const string NeverPulled = "ErrImageNeverPull";
    public const string NoName = "InvalidImageName";
    public const string CannotCreate = "CreateContainerError";
    public const string WrongConfig = "CreateContainerConfigError";
    public string Reason => reason;
}

/// <summary>Sees to it that a container's image is there, as its pull policy says.</summary>
static class Images
{
    const string DockerHub = "docker.io";

    /// <param name="progress">Takes a reason (<c>Pulling</c>, <c>Pulled</c>) and words.</param>
    /// <exception cref="NotStarted">It is not there and cannot be.</exception>
    public static async Task<ImageInspectResponse> EnsureAsync(
        Engine engine, ContainerSpec container, IEnumerable<RegistryCredential> credentials, Action<string, string> progress, CancellationToken cancel)
    {
        var image = container.Image;
        if (!ImageName.TryRead(image, out var name) || !IsHost(name.Registry))
            throw new NotStarted(NotStarted.NoName, $"'{image}' is not the name of an image");
        if (container.PullPolicy != PullPolicy.Always)
        {
            if (await engine.FindImageAsync(image, cancel).ConfigureAwait(false) is { } present)
            {
                progress("Pulled", $"Container image \"{image}\" already present on machine");
                return present;
            }
            if (container.PullPolicy == PullPolicy.Never)
                throw new NotStarted(NotStarted.NeverPulled, $"image \"{image}\" is not present on this node's engine, and its pull policy is Never");
        }
        progress("Pulling", $"Pulling image \"{image}\"");
        await PullAsync(engine, name, credentials, cancel).ConfigureAwait(false);
        progress("Pulled", $"Successfully pulled image \"{image}\"");
        return await engine.FindImageAsync(image, cancel).ConfigureAwait(false)
            ?? throw new NotStarted(NotStarted.PullFailed, $"the engine said it pulled \"{image}\" but has it not");
    }

    /// <summary>
    /// The grammar of references takes <c>UPPER</c> of <c>UPPER/case</c> for a host; Docker 20 and Podman 4 refuse it, each in its own way.
    /// </summary>
    static bool IsHost(string registry) => registry is "" or "localhost" || registry.AsSpan().ContainsAny('.', ':');

    /// <summary>Whether credentials for a host are meant for an image. Docker Hub goes by several names.</summary>
    public static bool IsAt(ImageName image, string registry)
    {
        var host = registry;
        if (host.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme) host = host[(scheme + 3)..];
        if (host.IndexOf('/') is >= 0 and var slash) host = host[..slash];
        if (host is "index.docker.io" or "registry-1.docker.io") host = DockerHub;
        return string.Equals(host, RegistryOf(image), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What an engine is asked to pull: the repository, registry and all, and a digest or else a tag.</summary>
    public static (string From, string Version) PullOf(ImageName image) => (
        image.Registry.Length > 0 ? $"{image.Registry}/{image.Repository}" : image.Repository,
        image.Digest.Length > 0 ? image.Digest : image.Tag.Length > 0 ? image.Tag : "latest");

    static string RegistryOf(ImageName image) => image.Registry.Length > 0 ? image.Registry : DockerHub;

    static async Task PullAsync(Engine engine, ImageName image, IEnumerable<RegistryCredential> credentials, CancellationToken cancel)
    {
        var known = credentials.FirstOrDefault(credential => IsAt(image, credential.Registry));
        var (from, version) = PullOf(image);
        var auth = known is null
            ? new AuthConfig()
            : new AuthConfig { Username = known.User, Password = known.Password, ServerAddress = RegistryOf(image) };
        var complaints = new Complaints();
        try
        {
            await engine.AskAsync(async token =>
            {
                await engine.Client.Images.CreateImageAsync(
                    new ImagesCreateParameters { FromImage = from, Tag = version }, auth, complaints, token).ConfigureAwait(false);
                return true;
            }, cancel).ConfigureAwait(false);
        }
        catch (EngineFault refused)
        {
            throw new NotStarted(NotStarted.PullFailed, refused.Message);
        }
        if (complaints.Last is { } complaint) throw new NotStarted(NotStarted.PullFailed, complaint);
    }
}

/// <summary>Once a pull or an import has begun, its failure is a line in the stream of an answer that says 200.</summary>
sealed class Complaints : IProgress<JSONMessage>
{
    public string? Last { get; private set; }
    public void Report(JSONMessage message) => Last = message.Error?.Message ?? Last;
}
