using System.Globalization;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// What people call a pod: a bare one by its object's name, others <c>WORKLOAD-HASH-ORDINAL</c>, the hash being the first half of
/// their template's. In parts, which every slot has anyway: so it is found by its name, and no node keeps a text for each.
/// </summary>
/// <param name="Template">Null for a name of another form, all of which is in <paramref name="Workload"/>.</param>
readonly record struct PodName(string Namespace, string Workload, uint? Template, int Ordinal)
{
    const int HashDigits = 8;

    public static PodName Of(Slot slot) => Of(slot.Workload, slot.Id);

    public static PodName Of(ObjectName workload, PodId pod) => PodKind.IsOf(workload)
        ? Of(workload.Namespace, workload.Name)
        : new PodName(workload.Namespace, workload.Name, (uint)(pod.Template >> 32), pod.Ordinal);

    /// <summary>Two names are equal as texts exactly when their parts are.</summary>
    public static PodName Of(string @namespace, string name)
    {
        var last = name.LastIndexOf('-');
        var first = last - HashDigits - 1;
        if (first > 0 && name[first] == '-'
            && uint.TryParse(name.AsSpan(first + 1, HashDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var template)
            && int.TryParse(name.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && new PodName(@namespace, name[..first], template, ordinal) is var derived && derived.ToString() == name) return derived;
        return new PodName(@namespace, name, null, 0);
    }

    public override string ToString() => Template is { } template ? string.Create(CultureInfo.InvariantCulture, $"{Workload}-{template:x8}-{Ordinal}") : Workload;
}
