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
    /// <param name="progress">Takes a reason (<c>Pulling</c>, <c>Pulled</c>) and words.</param>
    /// <exception cref="NotStarted">It is not there and cannot be.</exception>
    public static async Task<ImageInspectResponse> EnsureAsync(
        Engine engine, ContainerSpec container, IEnumerable<RegistryCredential> credentials, Action<string, string> progress, CancellationToken cancel)
    {
        var image = container.Image;
        var reference = ImageReference.TryParse(image) ?? throw new NotStarted(NotStarted.NoName, $"'{image}' is not the name of an image");
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
        await PullAsync(engine, reference, credentials, cancel).ConfigureAwait(false);
        progress("Pulled", $"Successfully pulled image \"{image}\"");
        return await engine.FindImageAsync(image, cancel).ConfigureAwait(false)
            ?? throw new NotStarted(NotStarted.PullFailed, $"the engine said it pulled \"{image}\" but has it not");
    }

    static async Task PullAsync(Engine engine, ImageReference reference, IEnumerable<RegistryCredential> credentials, CancellationToken cancel)
    {
        var known = credentials.FirstOrDefault(credential => reference.IsAt(credential.Registry));
        var auth = known is null ? new AuthConfig() : new AuthConfig { Username = known.User, Password = known.Password, ServerAddress = reference.Registry };
        var complaints = new Complaints();
        try
        {
            await engine.AskAsync(async token =>
            {
                await engine.Client.Images.CreateImageAsync(
                    new ImagesCreateParameters { FromImage = reference.Repository, Tag = reference.Version }, auth, complaints, token).ConfigureAwait(false);
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
