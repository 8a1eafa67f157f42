using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>What Gossip's own annotations ask of a pod.</summary>
sealed class AnnotationReader(TemplateFaults faults, Labels annotations)
{
    public const string LossGrace = "gossip.dev/loss-grace";
    public const string DependsOn = "gossip.dev/depends-on";
    public const string OnDependencyLoss = "gossip.dev/on-dependency-loss";
    public const string PidsLimit = "gossip.dev/pids-limit";
    public const string Gang = "gossip.dev/gang";
    public const string Singleton = "gossip.dev/singleton";
    public const string OnHeal = "gossip.dev/on-heal";
    public const string WhenAlone = "gossip.dev/when-alone";
    public const string Rebalance = "gossip.dev/rebalance";
    public const string Spread = "gossip.dev/spread";
    public const string Handover = "gossip.dev/handover";

    static readonly string[] bandwidths = ["kubernetes.io/egress-bandwidth", "kubernetes.io/ingress-bandwidth"];

    /// <summary>Kubernetes' own bounds: 1k and 1P bits a second.</summary>
    const long BandwidthLeast = 1_000, BandwidthMost = 1_000_000_000_000_000;

    const int ServicesMax = 32;

    /// <summary>Linux's own bound, on any machine of 64 bits.</summary>
    const int PidsMax = 4_194_304;

    public TimeSpan? ReadLossGrace()
    {
        if (annotations[LossGrace] is not { } text) return null;
        if (Duration.TryRead(text, out var grace)) return grace;
        Refuse(LossGrace, $"\"{text}\" is not a duration such as 0, 500ms or 10s");
        return null;
    }

    /// <summary>Names of services, each once: <c>svc/db,cache</c> are two.</summary>
    public ImmutableArray<string> ReadDependencies()
    {
        if (annotations[DependsOn] is not { } text) return [];
        var read = ImmutableArray.CreateBuilder<string>();
        foreach (var part in text.Split(','))
        {
            var name = part.Trim(' ');
            foreach (var kind in (ReadOnlySpan<string>)["svc/", "service/", "services/"])
                if (name.StartsWith(kind, StringComparison.Ordinal)) name = name[kind.Length..];
            if (!NameGrammar.IsServiceName(name))
            {
                Refuse(DependsOn, $"\"{part}\" is not a service: write svc/name, with commas between several");
                return [];
            }
            if (!read.Contains(name)) read.Add(name);
        }
        if (read.Count > ServicesMax) Refuse(DependsOn, $"names {read.Count} services, at most {ServicesMax}");
        return read.DrainToImmutable();
    }

    public bool ReadRestartsWithDependencies()
    {
        var text = annotations[OnDependencyLoss];
        if (text is not (null or "restart" or "ignore")) Refuse(OnDependencyLoss, $"\"{text}\" is neither restart nor ignore");
        return text == "restart";
    }

    /// <summary>Bits a second: the greater of what goes in and out; 0 for none said.</summary>
    public long ReadBandwidth()
    {
        var greater = 0L;
        foreach (var annotation in bandwidths)
            if (annotations[annotation] is not { } text) continue;
            else if (!Quantity.TryReadWhole(text, out var bits, out var problem)) Refuse(annotation, problem);
            else if (bits is < BandwidthLeast or > BandwidthMost) Refuse(annotation, $"\"{text}\" is not 1k to 1P bits a second");
            else greater = Math.Max(greater, bits);
        return greater;
    }

    public int ReadPidsLimit()
    {
        if (annotations[PidsLimit] is not { } text) return PodTemplate.DefaultPidsLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= PidsMax) return limit;
        Refuse(PidsLimit, $"\"{text}\" is not a whole number from 1 to {PidsMax}");
        return PodTemplate.DefaultPidsLimit;
    }

    public bool ReadSingleton() => ReadChoice(Singleton, "false", "true") == "true";

    public bool ReadKeepsNewest() => ReadChoice(OnHeal, "oldest", "newest") == "newest";

    public bool ReadStopsAlone() => ReadChoice(WhenAlone, "keep", "stop") == "stop";

    public bool ReadSpreadsFirst() => ReadChoice(Spread, "weighed", "first") == "first";

    public bool ReadStopsFirst() => ReadChoice(Handover, "start-first", "stop-first") == "stop-first";

    /// <summary>One of two words; the first when there is none.</summary>
    string ReadChoice(string annotation, string usual, string other)
    {
        var text = annotations[annotation] ?? usual;
        if (text == usual || text == other) return text;
        Refuse(annotation, $"\"{text}\" is neither {usual} nor {other}");
        return usual;
    }

    /// <summary><c>train/8</c>: at least 8 of the gang train together.</summary>
    public GangTerms? ReadGang()
    {
        if (annotations[Gang] is not { } text) return null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && NameGrammar.IsDnsLabel(text.AsSpan(0, slash)) && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var min)
            && min is > 0 and <= GangTerms.MinMost) return new GangTerms(text[..slash], min);
        Refuse(Gang, $"\"{text}\" is not a gang: write NAME/MIN, a DNS label and a whole number from 1 to {GangTerms.MinMost}");
        return null;
    }

    public bool ReadMayMove()
    {
        var text = annotations[Rebalance];
        if (text is not (null or "true" or "false")) Refuse(Rebalance, $"\"{text}\" is neither true nor false");
        return text == "true";
    }

    void Refuse(string annotation, string message) => faults.Refuse($"metadata.annotations[{annotation}]", message);
}
