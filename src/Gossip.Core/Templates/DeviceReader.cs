using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>
/// Divisible devices among a pod's amounts: <c>gossip.dev/gpu: 2</c> for whole ones, <c>gossip.dev/gpu-milli: 300</c> for a
/// share of one, annotation <c>gossip.dev/gpu-model: A|B</c> for the models allowed. Any other name is a plain resource.
/// </summary>
sealed class DeviceReader(TemplateFaults faults, Labels annotations)
{
    const string Prefix = "gossip.dev/";
    const string Share = "-milli";
    const int ModelsMost = 16;

    /// <summary>The pod's one request for devices; they are no longer among the amounts then.</summary>
    public DeviceRequest? Take(ref Resources requests)
    {
        DeviceRequest? read = null;
        foreach (var kind in Devices.Kinds)
        {
            var (whole, milli) = (requests.CountOf(Prefix + kind), requests.CountOf(Prefix + kind + Share));
            if (whole == 0 && milli == 0) continue;
            requests = requests with { Extended = requests.Extended.RemoveAll(amount => amount.Name == Prefix + kind || amount.Name == Prefix + kind + Share) };
            if (read is not null) Refuse(kind, "", $"a pod has devices of one kind, and this one asks for {read.Kind} as well");
            else if (whole > 0 && milli > 0) Refuse(kind, Share, $"a pod has whole devices or a share of one: leave out {Prefix}{kind}, or this");
            else if (whole > Devices.InGroupMost) Refuse(kind, "", string.Create(CultureInfo.InvariantCulture, $"is {whole}: a node has at most {Devices.InGroupMost}"));
            else if (milli > DeviceRequest.Whole) Refuse(kind, Share, string.Create(CultureInfo.InvariantCulture, $"is {milli}: a share is of one device, at most {DeviceRequest.Whole}; ask for whole ones with {Prefix}{kind}"));
            else read = new DeviceRequest(kind, Math.Max(1, (int)whole), milli == 0 ? DeviceRequest.Whole : (int)milli, ReadModels(kind));
        }
        return read;
    }

    ImmutableArray<string> ReadModels(string kind)
    {
        var annotation = $"{Prefix}{kind}-model";
        if (annotations[annotation] is not { } text) return [];
        ImmutableArray<string> models = [.. text.Split('|').Select(model => model.Trim(' ')).Distinct(StringComparer.Ordinal).OrderBy(model => model, StringComparer.Ordinal)];
        if (models.Length > ModelsMost || models.Any(model => model.Length is 0 or > Wire.Limits.Label))
            faults.Refuse($"metadata.annotations[{annotation}]", $"\"{text}\" is not a model, or up to {ModelsMost} with | between them");
        return models;
    }

    void Refuse(string kind, string share, string message) => faults.Refuse($"spec.containers.resources.requests.{Prefix}{kind}{share}", message);
}
