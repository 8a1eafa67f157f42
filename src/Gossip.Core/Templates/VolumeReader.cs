using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>The volumes of a pod template. A kind that this version does not have is refused: the pod would run wrong.</summary>
sealed class VolumeReader(TemplateFaults faults)
{
    const int VolumesMax = 256;
    const int SourcesMax = 64;
    const int ItemsMax = 1024;
    const int DefaultMode = 0b110_100_100; // rw-r--r--
    const int ModeMax = 0b111_111_111;

    static readonly string[] HostPathTypes = ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];

    public ImmutableArray<Volume> Read(JsonElement spec)
    {
        var volumes = ImmutableArray.CreateBuilder<Volume>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, field) in faults.Items(spec, "volumes", "spec", VolumesMax))
        {
            var name = faults.Name(item, "name", field, Wire.Limits.Label);
            faults.Once(names, name, $"{field}.name");
            volumes.Add(ReadOne(item, name, field));
        }
        return volumes.DrainToImmutable();
    }

    Volume ReadOne(JsonElement item, string name, string path)
    {
        Volume read = new EmptyDirVolume(name, false, null); // what Kubernetes takes a volume without a kind for
        var kinds = 0;
        if (item.ValueKind != JsonValueKind.Object) return read;
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name == "name" || member.Value.ValueKind == JsonValueKind.Null) continue;
            kinds++;
            var (of, field) = (member.Value, $"{path}.{member.Name}");
            read = member.Name switch
            {
                "emptyDir" => ReadEmptyDir(of, name, field),
                "hostPath" => ReadHostPath(of, name, field),
                "configMap" => Files(name, Mode(of, "defaultMode", field), [ReadConfig(of, isSecret: false, "name", field)]),
                "secret" => Files(name, Mode(of, "defaultMode", field), [ReadConfig(of, isSecret: true, "secretName", field)]),
                "downwardAPI" => Files(name, Mode(of, "defaultMode", field), ReadFields(of, field)),
                "projected" => Files(name, Mode(of, "defaultMode", field), ReadProjected(of, field)),
                _ => read,
            };
            if (member.Name is not ("emptyDir" or "hostPath" or "configMap" or "secret" or "downwardAPI" or "projected")) faults.Refuse(field, "is no kind of volume here: there are emptyDir, hostPath, configMap, secret, downwardAPI and projected");
        }
        faults.RefuseIf(kinds > 1, path, $"has {kinds} kinds: give it one");
        return read;
    }

    EmptyDirVolume ReadEmptyDir(JsonElement of, string name, string path)
    {
        var medium = JsonTexts.Text(of, "medium");
        faults.RefuseIf(medium is not (null or "" or "Memory"), $"{path}.medium", $"\"{medium}\" is neither Memory nor empty");
        Bytes? limit = null;
        if (of.ValueKind == JsonValueKind.Object && of.TryGetProperty("sizeLimit", out var size) && size.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        {
            if (!Quantity.TryReadWhole(JsonTexts.Scalar(size), out var bytes, out var why)) faults.Refuse($"{path}.sizeLimit", why);
            else if (bytes > 0) limit = new Bytes(bytes);
        }
        return new EmptyDirVolume(name, medium == "Memory", limit);
    }

    HostPathVolume ReadHostPath(JsonElement of, string name, string path)
    {
        var (at, type) = (JsonTexts.Text(of, "path") ?? "", JsonTexts.Text(of, "type") ?? "");
        faults.RefuseIf(!at.StartsWith('/') || HasParent(at) || at.Contains('\0'), $"{path}.path", $"\"{at}\" is not an absolute path without \"..\"");
        faults.RefuseIf(!HostPathTypes.Contains(type), $"{path}.type", $"\"{type}\" is none of {string.Join(", ", HostPathTypes.Skip(1))}");
        return new HostPathVolume(name, at, type);
    }

    static FilesVolume Files(string name, int? mode, ImmutableArray<FileSource> sources) =>
        new(name, mode ?? DefaultMode, sources.Any(source => source is ConfigSource { From.IsSecret: true }), sources);

    ConfigSource ReadConfig(JsonElement of, bool isSecret, string nameField, string path)
    {
        var items = ImmutableArray.CreateBuilder<ConfigItem>();
        foreach (var (item, field) in faults.Items(of, "items", path, ItemsMax))
            items.Add(new ConfigItem(faults.Name(item, "key", field, Wire.Limits.Name), FilePath(item, field), Mode(item, "mode", field)));
        Distinct(items.Select(item => item.Path), $"{path}.items");
        return new ConfigSource(new ConfigRef(isSecret, faults.Name(of, nameField, path, Wire.Limits.Name), JsonTexts.IsTrue(of, "optional")), items.DrainToImmutable());
    }

    ImmutableArray<FileSource> ReadFields(JsonElement of, string path)
    {
        var fields = ImmutableArray.CreateBuilder<FileSource>();
        foreach (var (item, field) in faults.Items(of, "items", path, ItemsMax))
        {
            string? fieldPath = null;
            ResourceField? resource = null;
            if (JsonTexts.Member(item, "fieldRef", JsonValueKind.Object) is { } reference)
            {
                fieldPath = JsonTexts.Text(reference, "fieldPath") ?? "";
                faults.RefuseIf(!PodFields.InFiles(fieldPath), $"{field}.fieldRef.fieldPath", $"\"{fieldPath}\" is not a field for files");
            }
            else if (JsonTexts.Member(item, "resourceFieldRef", JsonValueKind.Object) is { } amount) resource = PodFields.ReadResource(amount, $"{field}.resourceFieldRef", faults, isFile: true);
            else faults.Refuse(field, "names neither fieldRef nor resourceFieldRef");
            fields.Add(new FieldSource(FilePath(item, field), Mode(item, "mode", field), fieldPath, resource));
        }
        Distinct(fields.Select(source => ((FieldSource)source).Path), $"{path}.items");
        return fields.DrainToImmutable();
    }

    ImmutableArray<FileSource> ReadProjected(JsonElement of, string path)
    {
        var sources = ImmutableArray.CreateBuilder<FileSource>();
        foreach (var (item, field) in faults.Items(of, "sources", path, SourcesMax))
        {
            if (item.ValueKind != JsonValueKind.Object) continue;
            foreach (var member in item.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null) continue;
                var at = $"{field}.{member.Name}";
                if (member.Name is "configMap" or "secret") sources.Add(ReadConfig(member.Value, member.Name == "secret", "name", at));
                else if (member.Name == "downwardAPI") sources.AddRange(ReadFields(member.Value, at));
                else faults.Refuse(at, "is no kind of source here: there are configMap, secret and downwardAPI");
            }
        }
        Distinct(sources.SelectMany(source => source is FieldSource field ? [field.Path] : ((ConfigSource)source).Items.Select(item => item.Path)), $"{path}.sources");
        return sources.DrainToImmutable();
    }

    void Distinct(IEnumerable<string> paths, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths) faults.Once(seen, path, field);
    }

    int? Mode(JsonElement of, string name, string path) => (int?)faults.Number(of, name, path, 0, ModeMax);

    string FilePath(JsonElement item, string field)
    {
        var path = faults.Name(item, "path", field, Wire.Limits.Name);
        faults.RefuseIf(path.StartsWith('/') || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal) || HasParent(path) || path.StartsWith("..", StringComparison.Ordinal) || path.Contains('\0'),
            $"{field}.path", $"\"{path}\" is not a relative path without \"..\"");
        return path;
    }

    internal static bool HasParent(string path) => path.Split('/').Contains("..", StringComparer.Ordinal);
}
