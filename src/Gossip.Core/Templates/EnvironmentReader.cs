using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>A container's variables: where each comes from, not yet what it is.</summary>
sealed class EnvironmentReader(TemplateFaults faults, JsonElement spec)
{
    /// <summary>More than any process is started with: a system's whole room for them is some megabytes.</summary>
    const int VariablesMax = 4096;
    const int SourcesMax = 64;

    public ImmutableArray<EnvironmentVariable> Read(JsonElement container, string path)
    {
        var read = ImmutableArray.CreateBuilder<EnvironmentVariable>();
        foreach (var (item, field) in faults.Items(container, "env", path, VariablesMax))
        {
            var name = JsonTexts.Text(item, "name") ?? "";
            faults.RefuseIf(!IsName(name), $"{field}.name", $"\"{name}\" is not a name of a variable");
            read.Add(ReadOne(item, name, field));
        }
        return read.DrainToImmutable();
    }

    public ImmutableArray<EnvironmentSource> ReadSources(JsonElement container, string path)
    {
        var read = ImmutableArray.CreateBuilder<EnvironmentSource>();
        foreach (var (item, field) in faults.Items(container, "envFrom", path, SourcesMax))
        {
            var config = JsonTexts.Member(item, "configMapRef", JsonValueKind.Object);
            var secret = JsonTexts.Member(item, "secretRef", JsonValueKind.Object);
            if ((config is null) == (secret is null))
            {
                faults.Refuse(field, "names not one of configMapRef and secretRef");
                continue;
            }
            var prefix = JsonTexts.Text(item, "prefix") ?? "";
            faults.RefuseIf(prefix.Length > 0 && !IsName(prefix), $"{field}.prefix", $"\"{prefix}\" is not the beginning of a name of a variable");
            read.Add(new EnvironmentSource(Reference(config ?? secret!.Value, secret is not null, $"{field}.{(secret is null ? "configMapRef" : "secretRef")}"), prefix));
        }
        return read.DrainToImmutable();
    }

    EnvironmentVariable ReadOne(JsonElement item, string name, string path)
    {
        var hasValue = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null;
        if (JsonTexts.Member(item, "valueFrom", JsonValueKind.Object) is not { } source)
            return new EnvironmentVariable(name, hasValue ? JsonTexts.Scalar(item.GetProperty("value")) : "", null);
        path = $"{path}.valueFrom";
        faults.RefuseIf(hasValue && JsonTexts.Text(item, "value") is not "", path, "is there beside a value: give one");
        if (JsonTexts.Member(source, "fieldRef", JsonValueKind.Object) is { } reference)
        {
            var field = JsonTexts.Text(reference, "fieldPath") ?? "";
            faults.RefuseIf(!PodFields.InVariables(field), $"{path}.fieldRef.fieldPath", $"\"{field}\" is not a field for variables");
            return field == "spec.serviceAccountName" // the only one that the template itself knows
                ? new EnvironmentVariable(name, JsonTexts.Text(spec, "serviceAccountName") is { Length: > 0 } account ? account : "default", null)
                : new EnvironmentVariable(name, "", field);
        }
        if (JsonTexts.Member(source, "resourceFieldRef", JsonValueKind.Object) is { } amount)
            return new EnvironmentVariable(name, "", null) { Resource = PodFields.ReadResource(amount, $"{path}.resourceFieldRef", faults, isFile: false) };
        foreach (var isSecret in (ReadOnlySpan<bool>)[false, true])
        {
            var kind = isSecret ? "secretKeyRef" : "configMapKeyRef";
            if (JsonTexts.Member(source, kind, JsonValueKind.Object) is not { } key) continue;
            return new EnvironmentVariable(name, "", null)
            {
                Key = new ConfigKey(Reference(key, isSecret, $"{path}.{kind}"), faults.Name(key, "key", $"{path}.{kind}", Wire.Limits.Name)),
            };
        }
        faults.Refuse(path, "names none of fieldRef, resourceFieldRef, configMapKeyRef and secretKeyRef");
        return new EnvironmentVariable(name, "", null);
    }

    ConfigRef Reference(JsonElement of, bool isSecret, string path) =>
        new(isSecret, faults.Name(of, "name", path, Wire.Limits.Name), JsonTexts.IsTrue(of, "optional"));

    static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0');
}
