namespace Gossip.Kubernetes.Manifests;

/// <summary>Bytes as documents have them.</summary>
static class Base64
{
    /// <summary>Null when the text is not base64.</summary>
    public static byte[]? TryRead(string text)
    {
        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
