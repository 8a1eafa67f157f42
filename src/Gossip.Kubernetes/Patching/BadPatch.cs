namespace Gossip.Kubernetes.Patching;

/// <summary>A patch that cannot be applied: nothing was changed.</summary>
/// <param name="message">Names the operation or the field, and says what is wrong.</param>
/// <param name="isMalformed">It is no patch at all: 400. Otherwise it does not fit the object: 422.</param>
sealed class BadPatch(string message, bool isMalformed) : Exception(message)
{
    public bool IsMalformed => isMalformed;
}
