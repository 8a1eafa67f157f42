using System.Globalization;

namespace Gossip.Node.Workloads;

/// <summary>
/// When a declaration was made: the greater number of the deployment counts, among equals the later time. As text <c>0/1764541234567</c>.
/// </summary>
/// <param name="Deployment">As the app says, else 0.</param>
/// <param name="Milliseconds">Since 1970, or 1 more than those of the declaration that it replaces.</param>
readonly record struct DeclarationStamp(long Deployment, long Milliseconds) : IComparable<DeclarationStamp>
{
    public int CompareTo(DeclarationStamp other) =>
        Deployment != other.Deployment ? Deployment.CompareTo(other.Deployment) : Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(DeclarationStamp a, DeclarationStamp b) => a.CompareTo(b) < 0;
    public static bool operator >(DeclarationStamp a, DeclarationStamp b) => a.CompareTo(b) > 0;

    /// <summary>
    /// Of a host that finds a declaration of another content when it starts: what was there before it is older, whatever the clocks say.
    /// Only a greater deployment number stays ahead.
    /// </summary>
    public DeclarationStamp After(DeclarationStamp found) =>
        found.Deployment == Deployment && found.Milliseconds >= Milliseconds && found.Milliseconds < long.MaxValue
            ? this with { Milliseconds = found.Milliseconds + 1 } : this;

    public static DeclarationStamp? TryRead(string? text)
    {
        if (text?.Split('/') is not [var deployment, var milliseconds]) return null;
        return long.TryParse(deployment, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new DeclarationStamp(number, time) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Deployment}/{Milliseconds}");
}
