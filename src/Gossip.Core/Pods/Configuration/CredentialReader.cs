using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <summary>Registry credentials out of pull secrets: what <c>docker login</c> writes, in its new form and its old.</summary>
static class CredentialReader
{
    const int Max = 64;

    /// <summary>A secret that is missing or broken gives none: the image may be there, or need none.</summary>
    public static ImmutableArray<RegistryCredential> Read(PodSurroundings around)
    {
        var read = ImmutableArray.CreateBuilder<RegistryCredential>();
        foreach (var name in around.Template.PullSecrets)
        {
            if (around.Find(new ConfigRef(true, name, Optional: true)) is not { } keys) continue;
            if (keys.TryGetValue(".dockerconfigjson", out var config)) Add(config.Bytes, "auths", read);
            else if (keys.TryGetValue(".dockercfg", out config)) Add(config.Bytes, "", read);
        }
        return read.DrainToImmutable();
    }

    static void Add(ReadOnlyMemory<byte> json, string below, ImmutableArray<RegistryCredential>.Builder read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var registries = below.Length == 0 ? document.RootElement : JsonTexts.Member(document.RootElement, below, JsonValueKind.Object) ?? default;
            if (registries.ValueKind != JsonValueKind.Object) return;
            foreach (var registry in registries.EnumerateObject())
                if (read.Count < Max && ReadOne(registry.Name, registry.Value) is { } credential) read.Add(credential);
        }
        catch (Exception broken) when (JsonTexts.IsBroken(broken))
        {
        }
    }

    static RegistryCredential? ReadOne(string registry, JsonElement entry)
    {
        var (user, password) = (JsonTexts.Text(entry, "username") ?? "", JsonTexts.Text(entry, "password") ?? "");
        if (user.Length == 0 && JsonTexts.Member(entry, "auth", JsonValueKind.String) is { } auth && auth.TryGetBytesFromBase64(out var bytes))
        {
            var pair = Encoding.UTF8.GetString(bytes).TrimEnd('\0').Split(':', 2);
            if (pair.Length == 2) (user, password) = (pair[0], pair[1]);
        }
        return user.Length == 0 ? null : new RegistryCredential(HostOf(registry), user, password);
    }

    /// <summary>People write registries as addresses too; Docker Hub has had several.</summary>
    static string HostOf(string registry)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["https://", "http://"])
            if (registry.StartsWith(scheme, StringComparison.Ordinal)) registry = registry[scheme.Length..];
        var host = registry.Split('/', 2)[0];
        return host is "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com" ? "docker.io" : host;
    }
}
