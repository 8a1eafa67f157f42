using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>Kubernetes' <c>Status</c> objects: how every error, and a plain success, is said.</summary>
static class Statuses
{
    const string Modified = "the object has been modified; please apply your changes to the latest version and try again";

    public static ApiAnswer Success(ServedKind kind, string name, string uid) => new(200, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = Details(kind, name, uid),
    });

    public static ApiAnswer NotFound(ServedKind kind, string name) =>
        Failure(404, "NotFound", $"{kind.Resource} \"{name}\" not found", Details(kind, name));

    public static ApiAnswer NotFoundPath(string path) =>
        Failure(404, "NotFound", $"the server could not find the requested resource: {path}");

    public static ApiAnswer AlreadyExists(ServedKind kind, string name) =>
        Failure(409, "AlreadyExists", $"{kind.Resource} \"{name}\" already exists", Details(kind, name));

    public static ApiAnswer Conflict(ServedKind kind, string name, string why = Modified) =>
        Failure(409, "Conflict", $"Operation cannot be fulfilled on {kind.Resource} \"{name}\": {why}", Details(kind, name));

    public static ApiAnswer Forbidden(ServedKind kind, string name, string why) =>
        Failure(403, "Forbidden", $"{kind.Resource} \"{name}\" is forbidden: {why}", Details(kind, name));

    /// <summary>Of a request that is not taken from whoever sent it, whatever it asks for.</summary>
    public static ApiAnswer Forbidden(string why) => Failure(403, "Forbidden", why);

    public static ApiAnswer BadRequest(string message) => Failure(400, "BadRequest", message);

    /// <param name="wanted">With its article: <c>a Pod</c>.</param>
    public static ApiAnswer WrongKind(string kind, string apiVersion, string wanted, string wantedVersion) =>
        BadRequest($"{kind} in version \"{apiVersion}\" cannot be handled as {wanted} in version \"{wantedVersion}\"");

    public static ApiAnswer NotAllowed(string message) => Failure(405, "MethodNotAllowed", message);

    /// <summary>What kubectl drain takes for "not now": it tries again.</summary>
    public static ApiAnswer Disrupted(string message, string cause) => Failure(429, "TooManyRequests", message, new JsonObject
    {
        ["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = cause }),
    });

    public static ApiAnswer NotAcceptable(string message) => Failure(406, "NotAcceptable", message);

    public static ApiAnswer TooLarge(string message) => Failure(413, "RequestEntityTooLarge", message);

    public static ApiAnswer UnsupportedMediaType(string message) => Failure(415, "UnsupportedMediaType", message);

    /// <summary>Of a list's continuation, or of a watch, that this node cannot go on from: clients list again.</summary>
    public static ApiAnswer Expired(string message) => Failure(410, "Expired", message);

    /// <summary>Of query parameters that contradict each other.</summary>
    public static ApiAnswer InvalidOptions(string kind, string field, string message) => Failure(
        422, "Invalid", $"{kind}.meta.k8s.io \"\" is invalid: {field}: {message}", new JsonObject
        {
            ["group"] = "meta.k8s.io",
            ["kind"] = kind,
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueForbidden", ["message"] = message, ["field"] = field }),
        });

    public static ApiAnswer Unavailable(string message) => Failure(503, "ServiceUnavailable", message);

    public static ApiAnswer InternalError(string message) => Failure(500, "InternalError", message);

    /// <summary>422 with one cause a fault, or the code that the gravest fault asks for.</summary>
    public static ApiAnswer Invalid(ServedKind? kind, string name, IReadOnlyCollection<ManifestFault> faults)
    {
        if (faults.FirstOrDefault(fault => fault.Reason == FaultReason.TooLarge) is { } large) return TooLarge(Sentence(large));
        if (kind is null || faults.Any(fault => fault.Reason is FaultReason.Malformed or FaultReason.UnknownKind))
            return BadRequest(string.Join("; ", faults.Select(Sentence)));
        var details = Details(kind, name);
        details["kind"] = kind.Kind;
        details["causes"] = new JsonArray([.. faults.Select(fault => (JsonNode)new JsonObject
        {
            ["reason"] = CauseOf(fault.Reason),
            ["message"] = fault.Message,
            ["field"] = fault.Field,
        })]);
        return Failure(422, "Invalid", $"{kind.Kind} \"{name}\" is invalid: {string.Join("; ", faults.Select(Sentence))}", details);
    }

    /// <summary>What the core refused.</summary>
    public static ApiAnswer From(Refused refused, ServedKind kind, string name) => refused.Because switch
    {
        RefusedBecause.NotFound => NotFound(kind, name),
        RefusedBecause.AlreadyExists => AlreadyExists(kind, name),
        RefusedBecause.Conflict => Conflict(kind, name),
        RefusedBecause.TooLarge => TooLarge(refused.Message),
        RefusedBecause.Invalid =>
            Invalid(kind, name, [new ManifestFault("", 1, default, "", refused.Field, FaultReason.Invalid, WithoutField(refused))]),
        _ => Unavailable(refused.Message),
    };

    static string WithoutField(Refused refused) =>
        refused.Message.StartsWith($"{refused.Field}: ", StringComparison.Ordinal)
            ? refused.Message[(refused.Field.Length + 2)..]
            : refused.Message;

    static string Sentence(ManifestFault fault)
    {
        var place = fault.At.IsKnown && fault.Reason == FaultReason.Malformed ? $"line {fault.At.Line}, column {fault.At.Column}: " : "";
        return fault.Field.Length == 0 ? $"{place}{fault.Message}" : $"{fault.Field}: {fault.Message}";
    }

    static string CauseOf(FaultReason reason) => reason switch
    {
        FaultReason.Missing => "FieldValueRequired",
        FaultReason.Unsupported => "FieldValueNotSupported",
        FaultReason.Duplicate => "FieldValueDuplicate",
        FaultReason.UnknownField or FaultReason.Forbidden => "FieldValueForbidden",
        _ => "FieldValueInvalid",
    };

    static JsonObject Details(ServedKind kind, string name, string uid = "")
    {
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kind.Plural;
        if (uid.Length > 0) details["uid"] = uid;
        return details;
    }

    static ApiAnswer Failure(int code, string reason, string message, JsonObject? details = null)
    {
        var body = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (details is not null) body["details"] = details;
        body["code"] = code;
        return new ApiAnswer(code, body);
    }
}
