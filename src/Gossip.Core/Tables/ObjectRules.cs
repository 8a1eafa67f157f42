using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.Wire;

namespace Gossip.Core.Tables;

/// <summary>What an object must fulfil to be taken. Null is a yes.</summary>
static class ObjectRules
{
    /// <param name="gangs">Those there are; null where they are not known.</param>
    /// <param name="parsed">What its template was read as before, if it was.</param>
    public static Refused? Check(ObjectName name, ImmutableArray<ObjectField> fields, Gangs? gangs = null, ParsedTemplate? parsed = null)
    {
        if (name.Kind.Length is 0 or > Limits.Label) return Invalid("kind", "is missing or too long");
        if (name.Name.Length is 0 or > Limits.Name) return Invalid("metadata.name", $"is missing, or longer than {Limits.Name}");
        if (name.Namespace.Length > Limits.Label) return Invalid("metadata.namespace", $"is longer than {Limits.Label}");
        if (fields.Length > Limits.Cells) return new Refused(RefusedBecause.TooLarge, $"{name} has {fields.Length} fields, at most {Limits.Cells}");
        var bytes = 0L;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (IsReserved(field.Path)) return Invalid(field.Path, "is not a field of an object");
            if (!paths.Add(field.Path)) return Invalid(field.Path, "is there twice");
            bytes += field.Weight;
        }
        if (bytes > Limits.ObjectBytes) return new Refused(RefusedBecause.TooLarge, $"{name} takes {bytes} bytes, at most {Limits.ObjectBytes}");
        ReadOnlyMemory<byte> Read(string path) => Json(fields, path);
        var kind = ObjectKinds.Of(name);
        if (kind.Validate(name, Read) is { } problem) return Invalid(problem.Field, problem.Message);
        if (kind is not WorkloadKind workload) return null;
        var spec = workload.Derive(Read, paths, null, parsed);
        if (spec.Problem.Length > 0) return Invalid(spec.Field, spec.Problem);
        return spec.Template?.Gang is { } gang ? Check(name, workload, gang, gangs?.Find(name.Namespace, gang.Name)) : null;
    }

    /// <summary>The pods of a gang that others have already name the same minimum.</summary>
    static Refused? Check(ObjectName name, WorkloadKind kind, GangTerms gang, Gang? there)
    {
        foreach (var other in there?.Members.Values.AsEnumerable() ?? [])
        {
            if (!other.IsDesired || other.Workload == name || other.Template.Gang!.Min == gang.Min) continue;
            var field = kind.NameOfField($"metadata.annotations[{AnnotationReader.Gang}]");
            return Invalid(field, $"needs {gang.Min} of gang {gang.Name}, and {other.Workload} {other.Template.Gang.Min}");
        }
        return null;
    }

    /// <summary>Cells that are Gossip's own, and no part of what the user sent.</summary>
    public static bool IsReserved(string path) =>
        path is Fields.Birth or Fields.Deleting || path.StartsWith("gossip.", StringComparison.Ordinal) || path.StartsWith(Fields.VoterPrefix, StringComparison.Ordinal);

    /// <summary>Empty for a field that is not there, or is null.</summary>
    public static ReadOnlyMemory<byte> Json(ImmutableArray<ObjectField> fields, string path)
    {
        foreach (var field in fields)
            if (string.Equals(field.Path, path, StringComparison.Ordinal)) return IsNull(field) ? default : field.Json;
        return default;
    }

    public static bool IsNull(in ObjectField field) => field.Json.IsEmpty || field.Json.Span.SequenceEqual("null"u8);

    static Refused Invalid(string field, string message) => new(RefusedBecause.Invalid, $"{field}: {message}", field);
}
