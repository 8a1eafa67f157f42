using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Configuration;

/// <summary>
/// A container's variables as they are when it starts: <c>POD_IP</c>, its devices, those of whole ConfigMaps and Secrets, then the
/// manifest's in their order, each of which may refer to those before it. Pure: what the manifest says and what the
/// tables hold in, names and values out.
/// </summary>
static class EnvironmentResolver
{
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="problem">What is missing or cannot be given, by name, never by value; empty when all is well.</param>
    public static ImmutableArray<KeyValuePair<string, string>> Resolve(PodSurroundings around, ContainerSpec container, string ip, out string problem)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal); // looked up only
        var names = new List<string>();
        Put("POD_IP", ip);
        if (around.Devices.Length > 0)
        {
            Put("GOSSIP_DEVICES", around.Devices);
            Put("GOSSIP_DEVICE_MILLI", around.Launch.Template.Device!.Milli.ToString(CultureInfo.InvariantCulture));
        }
        foreach (var source in container.EnvironmentFrom)
        {
            if (around.Find(source.From) is not { } keys)
            {
                if (source.From.Optional) continue;
                problem = ConfigObjects.Missing(source.From);
                return [];
            }
            foreach (var (key, value) in keys)
                if (value.IsText && TryText(value.Bytes) is { } text) Put(source.Prefix + key, text);
        }
        foreach (var variable in container.Environment)
        {
            var value = ValueOf(variable, around, container.Name, ip, values, out problem);
            if (problem.Length > 0) return [];
            if (value is not null) Put(variable.Name, value);
        }
        problem = "";
        foreach (var name in names)
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || values[name].Contains('\0'))
            {
                problem = $"env '{name}': the name or its value cannot be a variable";
                return [];
            }
        return [.. names.Select(name => KeyValuePair.Create(name, values[name]))];

        void Put(string name, string value)
        {
            if (values.TryAdd(name, value)) names.Add(name);
            else values[name] = value;
        }
    }

    /// <summary>Null for one that is optional and not there.</summary>
    static string? ValueOf(
        in EnvironmentVariable variable, PodSurroundings around, string container, string ip, Dictionary<string, string> known, out string problem)
    {
        problem = "";
        if (variable.Resource is { } amount) return PodField.Read(amount, around, container);
        if (variable.FieldPath is { } path)
        {
            var field = PodField.Read(path, around, ip);
            if (field is null) problem = $"env '{variable.Name}': fieldRef '{path}' is not known here";
            return field;
        }
        if (variable.Key is not { } key) return Expansion.Expand(variable.Value, known);
        var keys = around.Find(key.From);
        if (keys is not null && keys.TryGetValue(key.Key, out var held) && held.IsText)
        {
            if (TryText(held.Bytes) is { } text) return text;
            problem = $"key {key.Key} in {ConfigObjects.KindOf(key.From)} {around.Launch.Namespace}/{key.From.Name} is not text: mount it as a file";
        }
        else if (!key.From.Optional)
            problem = keys is null
                ? ConfigObjects.Missing(key.From)
                : $"couldn't find key {key.Key} in {ConfigObjects.KindOf(key.From)} {around.Launch.Namespace}/{key.From.Name}";
        return null;
    }

    static string? TryText(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
