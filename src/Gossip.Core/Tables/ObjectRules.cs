using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tables;

/// <summary>What an object must fulfil to be taken. Null is a yes.</summary>
static class ObjectRules
{
    /// <summary>Field length 2 + dot 18 + generation 5 + stamp 9 + value length 5, and room to grow.</summary>
    const int CellOverhead = 48;

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
            bytes += Encoding.UTF8.GetByteCount(field.Path) + field.Json.Length + CellOverhead;
        }
        if (bytes > Limits.ObjectBytes) return new Refused(RefusedBecause.TooLarge, $"{name} takes {bytes} bytes, at most {Limits.ObjectBytes}");
        if (name.Kind == PriorityClass.Kind && PriorityClass.TryRead(name.Name, path => Json(fields, path), out var wrong) is null) return Invalid(wrong.Field, wrong.Message);
        if (name.Kind == VoterList.Kind && (name != VoterList.Name || VoterList.TryReadNames(Json(fields, Fields.Voters)) is null))
            return Invalid(Fields.Voters, $"is not from 1 to {VoterList.Most} names of nodes, each once, of the object {VoterList.Name}");
        if (!WorkloadSpec.IsWorkload(name.Kind)) return null;
        var spec = WorkloadSpec.Read(name.Kind, path => Json(fields, path), paths, parsed: parsed);
        if (spec.Problem.Length > 0) return Invalid(spec.Field, spec.Problem);
        return spec.Template?.Gang is { } gang ? Check(name, gang, gangs?.Find(name.Namespace, gang.Name)) : null;
    }

    /// <summary>The pods of a gang that others have already name the same minimum.</summary>
    static Refused? Check(ObjectName name, GangTerms gang, Gang? there)
    {
        foreach (var other in there?.Members.Values.AsEnumerable() ?? [])
        {
            if (!other.IsDesired || other.Workload == name || other.Template.Gang!.Min == gang.Min) continue;
            var field = $"metadata.annotations[{AnnotationReader.Gang}]";
            return Invalid(name.Kind == "Pod" ? field : $"{Fields.Template}.{field}", $"needs {gang.Min} of gang {gang.Name}, and {other.Workload} {other.Template.Gang.Min}");
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
