using System.Globalization;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>Amounts as people write them.</summary>
static class Amounts
{
    static readonly (string Unit, int Shift)[] Units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];

    /// <summary>In the greatest unit that leaves a whole number.</summary>
    public static string OfBytes(long bytes)
    {
        foreach (var (unit, shift) in Units)
            if (bytes != 0 && bytes % (1L << shift) == 0) return $"{bytes >> shift}{unit}";
        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
