using Microsoft.Extensions.Primitives;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>Values of query parameters, as Kubernetes reads them.</summary>
static class QueryValues
{
    /// <summary>Anything but "0" and "false" is true, as soon as the parameter is there.</summary>
    public static bool? Bool(StringValues value) =>
        value.Count == 0 ? null : value[0] is not "0" && !string.Equals(value[0], "false", StringComparison.OrdinalIgnoreCase);

    public static bool IsTrue(StringValues value) => Bool(value) == true;
}
