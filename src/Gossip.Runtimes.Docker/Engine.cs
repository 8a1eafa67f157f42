using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Gossip.Runtimes.Docker;

/// <summary>The engine refused, or could not be reached. The message is the engine's own words.</summary>
/// <param name="status">Null when it did not answer at all.</param>
sealed class EngineFault(HttpStatusCode? status, string message) : Exception(message)
{
    public HttpStatusCode? Status => status;
    public bool IsSilence => status is null;
    public bool IsNotFound => status == HttpStatusCode.NotFound;
    public bool IsConflict => status == HttpStatusCode.Conflict;
}

/// <summary>The calls we make to a container engine, with all their faults turned into <see cref="EngineFault"/>.</summary>
/// <remarks>Thread-safe. When the engine is found to be gone, <see cref="Abandon"/> ends every call that still waits for it.</remarks>
sealed class Engine : IDisposable
{
    // What Docker 20.10 and Podman 4 both speak.
    static readonly System.Version Api = new(1, 41);

    readonly DockerClient client;
    CancellationTokenSource life = new();

    public Engine(Uri endpoint) =>
        client = new DockerClientBuilder().WithEndpoint(endpoint).WithApiVersion(Api).WithTimeout(Timeout.InfiniteTimeSpan).Build();

    /// <summary>For the calls that stream.</summary>
    public IDockerClient Client => client;

    public Task<VersionResponse> VersionAsync(CancellationToken cancel) => AskAsync(token => client.System.GetVersionAsync(token), cancel);

    /// <param name="sizes">Also what each wrote beside its image, for which the engine walks its files.</param>
    public Task<IList<ContainerListResponse>> ListAsync(
        Dictionary<string, IDictionary<string, bool>> filter, CancellationToken cancel, bool sizes = false) =>
        AskAsync(token => client.Containers.ListContainersAsync(
            new ContainersListParameters { All = true, Filters = filter, Size = sizes }, token), cancel);

    /// <summary>The container's id; that of an earlier one when there is one of this name, since our names tell what is inside.</summary>
    public async Task<string> CreateAsync(CreateContainerParameters parameters, CancellationToken cancel)
    {
        try
        {
            return (await AskAsync(token => client.Containers.CreateContainerAsync(parameters, token), cancel).ConfigureAwait(false)).ID;
        }
        catch (EngineFault taken) when (taken.IsConflict)
        {
            return (await InspectAsync(parameters.Name!, cancel).ConfigureAwait(false)).Id;
        }
    }

    /// <summary>The pause container goes last: Podman keeps it while others are joined to it.</summary>
    public async Task RemoveAllAsync(IEnumerable<ContainerListResponse> containers, CancellationToken cancel)
    {
        static bool IsPause(ContainerListResponse container) =>
            ContainerLabels.Label(container, ContainerLabels.ContainerLabel).Length == 0;
        foreach (var group in containers.GroupBy(IsPause).OrderBy(group => group.Key))
            await Task.WhenAll(group.Select(container => RemoveAsync(container.ID, cancel))).ConfigureAwait(false);
    }

    public Task StartAsync(string id, CancellationToken cancel) =>
        AskAsync(token => client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token), cancel);

    public async Task<ContainerFacts> InspectAsync(string id, CancellationToken cancel) =>
        ContainerFacts.Of(await AskAsync(token => client.Containers.InspectContainerAsync(id, token), cancel).ConfigureAwait(false));

    /// <summary>False when it does not run.</summary>
    public async Task<bool> SignalAsync(string id, string signal, CancellationToken cancel)
    {
        try
        {
            await AskAsync(async token =>
            {
                await client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal }, token).ConfigureAwait(false);
                return true;
            }, cancel).ConfigureAwait(false);
            return true;
        }
        catch (EngineFault ended) when (ended.IsConflict || ended.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Ends it if it runs. Quietly nothing when it is gone, or about to be.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancel)
    {
        try
        {
            await AskAsync(async token =>
            {
                await client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token).ConfigureAwait(false);
                return true;
            }, cancel).ConfigureAwait(false);
        }
        catch (EngineFault gone) when (gone.IsNotFound || gone.IsConflict)
        {
        }
    }

    public async Task<ImageInspectResponse?> FindImageAsync(string image, CancellationToken cancel)
    {
        try
        {
            return await AskAsync(token => client.Images.InspectImageAsync(image, token), cancel).ConfigureAwait(false);
        }
        catch (EngineFault absent) when (absent.IsNotFound)
        {
            return null;
        }
    }

    public Task<IList<ImagesListResponse>> ImagesAsync(CancellationToken cancel) =>
        AskAsync(token => client.Images.ListImagesAsync(new ImagesListParameters(), token), cancel);

    /// <summary>Does what the engine is asked, and says in one way what went wrong.</summary>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Volatile.Read(ref life).Token);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested && Translate(fault) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Nobody answers: every call under way ends with that.</summary>
    public void Abandon()
    {
        using var old = Interlocked.Exchange(ref life, new CancellationTokenSource());
        old.Cancel();
    }

    public void Dispose()
    {
        life.Cancel();
        client.Dispose();
        life.Dispose();
    }

    /// <summary>Null for what is not the engine's fault.</summary>
    public static EngineFault? Translate(Exception fault) => fault switch
    {
        EngineFault known => known,
        DockerApiException refused => new EngineFault(refused.StatusCode, Words(refused)),
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException or JsonException or ObjectDisposedException =>
            new EngineFault(null, fault is OperationCanceledException ? "the engine does not answer" : fault.GetBaseException().Message),
        _ => null,
    };

    static string Words(DockerApiException refused)
    {
        try
        {
            if (JsonNode.Parse(refused.ResponseBody ?? "")?["message"]?.GetValue<string>() is { } message) return message.Trim();
        }
        catch (Exception plain) when (plain is JsonException or InvalidOperationException)
        {
        }
        return string.IsNullOrWhiteSpace(refused.ResponseBody) ? $"the engine answered {refused.StatusCode}" : refused.ResponseBody.Trim();
    }
}
