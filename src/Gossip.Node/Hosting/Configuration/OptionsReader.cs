using System.Globalization;
using System.Reflection;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Sealing;
using Microsoft.Extensions.Configuration;

namespace Gossip.Node.Configuration;

/// <summary>
/// Options from a configuration section. Stricter than the framework's binder: what is no option is a fault, not silence. And it needs no
/// code that is made at run time, which an app compiled ahead of time does not have.
/// </summary>
static class OptionsReader
{
    /// <summary>Sets one option, or says what is wrong with its text.</summary>
    delegate string? Reader(GossipOptions options, IConfigurationSection section);

    static readonly SortedDictionary<string, Reader> readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(GossipOptions.Name)] = Text((options, text) => options.Name = text),
        [nameof(GossipOptions.Cluster)] = Text((options, text) => options.Cluster = text),
        [nameof(GossipOptions.Keyring)] = (options, section) =>
            Keyring.TryParse(section.Value, out var keyring, out var error) ? Set(() => options.Keyring = keyring) : error,
        [nameof(GossipOptions.BindAddress)] = Text((options, text) => options.BindAddress = text),
        [nameof(GossipOptions.Port)] = Whole((options, number) => options.Port = (int)Math.Clamp(number, int.MinValue, int.MaxValue)),
        [nameof(GossipOptions.Advertise)] = Text((options, text) => options.Advertise = text),
        [nameof(GossipOptions.Seeds)] = List((options, text) => Set(() => options.Seeds.Add(text))),
        [nameof(GossipOptions.DataFolder)] = Text((options, text) => options.DataFolder = text),
        [nameof(GossipOptions.Labels)] = (options, section) => EachOf(section, (key, text) => Set(() => options.Labels[key] = text)),
        [nameof(GossipOptions.Taints)] = List((options, text) =>
            TaintReader.TryParse(text, out var taint) ? Set(() => options.Taints.Add(taint))
                : $"'{text}' is not key=value:NoSchedule, :PreferNoSchedule or :NoExecute"),
        [nameof(GossipOptions.Resources)] = ReadResources,
        [nameof(GossipOptions.Scheduling)] = ReadScheduling,
        [nameof(GossipOptions.Timings)] = ReadTimings,
        [nameof(GossipOptions.ApiUrl)] = Text((options, text) => options.ApiUrl = text),
        [nameof(GossipOptions.LeaveOnStop)] = (options, section) =>
            bool.TryParse(section.Value, out var leaves) ? Set(() => options.LeaveOnStop = leaves)
                : $"'{section.Value}' is neither true nor false",
        [nameof(GossipOptions.LeaveWithin)] = (options, section) =>
            TryReadTime(section.Value, out var time) ? Set(() => options.LeaveWithin = time) : NoTime(section.Value),
        [nameof(GossipOptions.CompactAt)] = Whole((options, number) => options.CompactAt = number),
        [nameof(GossipOptions.Deployment)] = Whole((options, number) => options.Deployment = number),
    };

    /// <summary>What is wrong goes to the options' faults, which stop the start.</summary>
    public static void Read(IConfiguration configuration, GossipOptions options)
    {
        var path = configuration is IConfigurationSection { Path.Length: > 0 } section ? section.Path + ":" : "";
        foreach (var child in configuration.GetChildren())
        {
            var fault = readers.TryGetValue(child.Key, out var read) ? read(options, child)
                : $"there is no such option; there are {string.Join(", ", readers.Keys)}";
            if (fault is not null) options.ConfigurationFaults.Add($"{path}{child.Key}: {fault}");
        }
    }

    static string? Set(Action set)
    {
        set();
        return null;
    }

    static Reader Text(Action<GossipOptions, string> set) =>
        (options, section) => section.Value is { } text ? Set(() => set(options, text)) : "needs a text";

    static Reader Whole(Action<GossipOptions, long> set) =>
        (options, section) =>
            long.TryParse(section.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? Set(() => set(options, number)) : $"'{section.Value}' is not a whole number";

    /// <summary>A list, or one text with commas: what an environment variable can say.</summary>
    static Reader List(Func<GossipOptions, string, string?> add) => (options, section) =>
        section.Value is { } text
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => add(options, item))
            .FirstOrDefault(fault => fault is not null)
            : EachOf(section, (_, item) => add(options, item));

    static string? EachOf(IConfigurationSection section, Func<string, string, string?> take)
    {
        foreach (var child in section.GetChildren())
            if ((child.Value is { } text ? take(child.Key, text) : "needs a text") is { } fault) return $"{child.Key}: {fault}";
        return null;
    }

    static string? ReadResources(GossipOptions options, IConfigurationSection section)
    {
        var text = section.Value ?? string.Join(',', section.GetChildren().Select(child => $"{child.Key}={child.Value}"));
        return ResourceText.TryRead(text, options.Resources, out var resources, out var problem) ? Set(() => options.Resources = resources)
            : problem;
    }

    /// <summary><c>Weights:spread</c> = 5, <c>HostRuleWithin</c>.</summary>
    static string? ReadScheduling(GossipOptions options, IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            var fault = child.Key.ToUpperInvariant() switch
            {
                "HOSTRULEWITHIN" =>
                    TryReadTime(child.Value, out var time) ? Set(() => options.Scheduling.HostRuleWithin = time) : NoTime(child.Value),
                "WEIGHTS" =>
                    EachOf(child, (score, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
                    ? Set(() => options.Scheduling.Weight(score, weight)) : $"'{text}' is not a whole number"),
                _ => "there is no such option; there are HostRuleWithin, Weights",
            };
            if (fault is not null) return $"{child.Key}: {fault}";
        }
        return null;
    }

    /// <summary>A profile by name, or with <c>Profile</c> and single timings beside it.</summary>
    static string? ReadTimings(GossipOptions options, IConfigurationSection section)
    {
        if (section.Value is { } only) return ReadProfile(options, only);
        if (section["Profile"] is { } profile && ReadProfile(options, profile) is { } unknown) return unknown;
        var timings = options.Timings with { };
        foreach (var child in section.GetChildren())
        {
            if (child.Key.Equals("Profile", StringComparison.OrdinalIgnoreCase)) continue;
            var property = typeof(NodeTimings)
                .GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is not { CanWrite: true }) return $"{child.Key}: there is no such timing";
            object? value = property.PropertyType == typeof(TimeSpan) ? TryReadTime(child.Value, out var time) ? time : null
                : property.PropertyType == typeof(int)
                ? int.TryParse(child.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : null
                : double.TryParse(child.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
            if (value is null && property.PropertyType == typeof(TimeSpan)) return $"{child.Key}: {NoTime(child.Value)}";
            if (value is null) return $"{child.Key}: '{child.Value}' is not a number";
            property.SetValue(timings, value);
        }
        options.Timings = timings;
        return null;
    }

    static string? ReadProfile(GossipOptions options, string name) =>
        OptionConverters.Profile(name) is { } profile ? Set(() => options.Timings = profile) : OptionConverters.NoProfile(name);

    /// <summary>Kubernetes' form, 5s, or the framework's, 00:00:05; a bare number, which would be days there, is neither.</summary>
    static bool TryReadTime(string? text, out TimeSpan time) =>
        Duration.TryRead(text ?? "", out time) || (text?.Contains(':', StringComparison.Ordinal) ?? false)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time);

    static string NoTime(string? text) => $"'{text}' is not a time such as 00:00:05 or 5s";
}
