using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gossip.Node.Transport;

/// <summary>Where to look for another node, as somebody wrote it.</summary>
/// <param name="Host">A DNS name, or an IP address without brackets.</param>
readonly record struct HostPort(string Host, ushort Port)
{
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>
/// The one reader of addresses that people write, in options and on the command line. It is strict where the platform's own
/// readers guess: <see cref="IPAddress.Parse(string)"/> takes <c>10.1</c> for 10.0.0.1 and <c>010.0.0.1</c> for 8.0.0.1, and
/// <see cref="IPEndPoint.Parse(string)"/> takes <c>::1:7373</c> for an address without a port. An IPv6 address with a port is
/// written in brackets. Every problem quotes the text that was read.
/// </summary>
static class AddressReader
{
    /// <summary>A DNS name's greatest length in characters (RFC 1035, 2.3.4), and that of one of its labels.</summary>
    const int NameMax = 253, LabelMax = 63;

    /// <summary>An IPv4 address of four decimal numbers, or an IPv6 address, in brackets or not. No port.</summary>
    public static bool TryReadIp(string text, out IPAddress address, out string problem)
    {
        address = IPAddress.None;
        if (!TrySplit(text, out var parts, out problem)) return false;
        if (parts.Port is null) return TryReadIp(text, parts.Host, out address, out problem);
        problem = $"'{text}' has a port, and an IP address alone is expected";
        return false;
    }

    /// <summary>Where to listen: <c>1.2.3.4:5</c> or <c>[::1]:5</c>. The port is needed; 0 lets the system choose.</summary>
    public static bool TryReadListen(string text, out IPEndPoint point, out string problem)
    {
        point = new IPEndPoint(IPAddress.None, 0);
        if (!TrySplit(text, out var parts, out problem) || !TryReadPort(text, parts, least: 0, out var port, out problem)
            || !TryReadIp(text, parts.Host, out var address, out problem)) return false;
        point = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>
    /// What others are told: <c>1.2.3.4</c>, <c>1.2.3.4:5</c>, <c>::1</c>, <c>[::1]</c> or <c>[::1]:5</c>, an address of one machine.
    /// The port is 0 when there is none, and 1 to 65535 otherwise.
    /// </summary>
    public static bool TryReadAdvertised(string text, out IPEndPoint point, out string problem)
    {
        point = new IPEndPoint(IPAddress.None, 0);
        ushort port = 0;
        if (!TrySplit(text, out var parts, out problem)) return false;
        if (parts.Port is not null && !TryReadPort(text, parts, least: 1, out port, out problem)) return false;
        if (!TryReadIp(text, parts.Host, out var address, out problem) || !IsOfOneMachine(text, address, out problem)) return false;
        point = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Another node: <c>host:5</c>, <c>1.2.3.4:5</c> or <c>[::1]:5</c>, with a port of 1 to 65535. Looks no name up.</summary>
    public static bool TryReadSeed(string text, out HostPort seed, out string problem)
    {
        seed = default;
        if (!TrySplit(text, out var parts, out problem)) return false;
        if (!TryReadPort(text, parts, least: 1, out var port, out problem)) return false;
        var host = parts.Host;
        if (host.Contains(':', StringComparison.Ordinal) || EndsInNumber(host))
        {
            if (!TryReadIp(text, host, out var address, out problem) || !IsOfOneMachine(text, address, out problem)) return false;
            host = address.ToString();
        }
        else if (!IsName(host))
        {
            problem = $"'{text}': '{host}' is neither an IP address nor a host name (letters, digits, '-', '_' and '.')";
            return false;
        }
        seed = new HostPort(host, port);
        return true;
    }

    /// <summary>0 to 65535 in decimal digits alone.</summary>
    public static bool TryReadPort(string digits, out ushort port)
    {
        port = 0;
        var isPlain = digits.Length is > 0 and <= 5 && (digits.Length == 1 || digits[0] != '0');
        return isPlain && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port);
    }

    /// <summary>What is before and after the port's colon. A host with colons is in brackets, or has no port.</summary>
    static bool TrySplit(string text, out (string Host, string? Port) parts, out string problem)
    {
        problem = "";
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            var inside = end < 0 ? "" : text[1..end];
            parts = (inside, end >= 0 && end + 1 < text.Length ? text[(end + 2)..] : null);
            var isWhole = inside.Contains(':', StringComparison.Ordinal) && (end + 1 == text.Length || text[end + 1] == ':');
            if (!isWhole) problem = $"'{text}': brackets hold an IPv6 address, and behind them comes nothing or :PORT";
            return isWhole;
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var hasPort = colon >= 0 && colon == text.LastIndexOf(':');
        parts = hasPort ? (text[..colon], text[(colon + 1)..]) : (text, null);
        return true;
    }

    static bool TryReadPort(string text, (string Host, string? Port) parts, int least, out ushort port, out string problem)
    {
        port = 0;
        problem = "";
        if (parts.Port is not { } digits)
        {
            problem = $"'{text}' has no port: write " + (parts.Host.Contains(':', StringComparison.Ordinal)
                ? $"[{parts.Host}]:PORT; an IPv6 address with a port is in brackets"
                : $"{(parts.Host.Length == 0 ? "HOST" : parts.Host)}:PORT");
            return false;
        }
        if (TryReadPort(digits, out port) && port >= least) return true;
        problem = $"'{text}': '{digits}' is not a port ({least} to {ushort.MaxValue})";
        return false;
    }

    static bool TryReadIp(string text, string host, out IPAddress address, out string problem)
    {
        address = IPAddress.None;
        problem = "";
        var isV6 = host.Contains(':', StringComparison.Ordinal);
        if ((isV6 ? IsV6Text(host) : IsV4Text(host)) && IPAddress.TryParse(host, out var read)
            && read.AddressFamily == (isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork))
        {
            address = read;
            return true;
        }
        problem = host.Contains('%', StringComparison.Ordinal)
            ? $"'{text}': an address with a zone (%) means something on this machine only, and nothing to other nodes"
            : $"'{text}': '{host}' is not an IP address";
        return false;
    }

    static bool IsOfOneMachine(string text, IPAddress address, out string problem)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var isV4 = plain.AddressFamily == AddressFamily.InterNetwork;
        var isMulticast = isV4 ? plain.GetAddressBytes()[0] is >= 224 and < 240 : plain.IsIPv6Multicast;
        var isOne = !isMulticast && !plain.Equals(IPAddress.Any) && !plain.Equals(IPAddress.IPv6Any) && !plain.Equals(IPAddress.Broadcast);
        problem = isOne ? "" : $"'{text}': {address} is not the address of one machine";
        return isOne;
    }

    /// <summary>Four decimal numbers of 0 to 255, none with a leading zero: some programs take such a one for octal.</summary>
    static bool IsV4Text(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var number = text[range];
            var isPlain = number.Length is > 0 and <= 3 && (number.Length == 1 || number[0] != '0');
            if (!isPlain || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
            count++;
        }
        return count == 4;
    }

    /// <summary>Only characters of an IPv6 address. The platform's reader checks the rest; it would also take a zone.</summary>
    static bool IsV6Text(string text)
    {
        var dotted = text.Contains('.', StringComparison.Ordinal) ? text.LastIndexOf(':') + 1 : text.Length;
        foreach (var letter in text.AsSpan(0, dotted))
            if (!char.IsAsciiHexDigit(letter) && letter != ':') return false;
        return dotted == text.Length || IsV4Text(text.AsSpan(dotted));
    }

    /// <summary>Whether the last label is a number: then the whole is an IPv4 address or nothing, as in URLs.</summary>
    static bool EndsInNumber(string host)
    {
        var whole = host.AsSpan().TrimEnd('.');
        var label = whole[(whole.LastIndexOf('.') + 1)..];
        var isHex = label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        foreach (var letter in isHex ? label[2..] : label)
            if (isHex ? !char.IsAsciiHexDigit(letter) : !char.IsAsciiDigit(letter)) return false;
        return label.Length > 0;
    }

    static bool IsName(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Length is > 0 and <= NameMax && name.Split('.').All(IsNameLabel);
    }

    static bool IsNameLabel(string label) =>
        label.Length is > 0 and <= LabelMax && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
