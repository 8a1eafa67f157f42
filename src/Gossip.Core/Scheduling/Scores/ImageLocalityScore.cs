using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling.Scores;

/// <summary>
/// Prefers the node that need not fetch much: what it has of the pod's images, from 23 MB (not worth a thought) to 1,000 MB a
/// container. (Kubernetes' ImageLocality, without its discount for images that few nodes have: a bidder knows its own only.)
/// </summary>
sealed class ImageLocalityScore : IScore
{
    const long Least = 23 << 20, Most = 1000 << 20;

    public string Name => "image-locality";

    public int Score(PodTemplate pod, in NodeFacts node)
    {
        if (pod.Images.IsEmpty) return Scoring.Greatest; // nothing is fetched, wherever it goes
        if (node.Images is not { } images) return 0;
        var there = 0L;
        foreach (var image in pod.Images) there += Math.Min(images.SizeOf(image), Most);
        var most = Most * pod.Images.Length;
        return (int)((Math.Clamp(there, Least, most) - Least) * Scoring.Greatest / (most - Least));
    }
}
