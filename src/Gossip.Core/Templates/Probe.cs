using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Gossip.Core.Templates;

/// <summary>
/// What a probe or a hook does. The core says when, an edge does it and reports; ports are numbers here, names were
/// resolved when the template was read.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")] // a pod is remembered as JSON beside its containers
[JsonDerivedType(typeof(ExecAction), "exec")]
[JsonDerivedType(typeof(HttpGetAction), "http")]
[JsonDerivedType(typeof(TcpSocketAction), "tcp")]
[JsonDerivedType(typeof(GrpcAction), "grpc")]
[JsonDerivedType(typeof(SleepAction), "sleep")]
public abstract record PodAction;

/// <summary>A command inside the container; 0 passes.</summary>
public sealed record ExecAction(ImmutableArray<string> Command) : PodAction;

/// <summary>A GET; 200 to 399 passes.</summary>
/// <param name="Host">Empty for the pod's own address.</param>
public sealed record HttpGetAction(bool Tls, string Host, ushort Port, string Path, ImmutableArray<HttpHeader> Headers) : PodAction;

/// <summary>A connection; being accepted passes.</summary>
public sealed record TcpSocketAction(string Host, ushort Port) : PodAction;

/// <summary>A call of <c>grpc.health.v1.Health/Check</c>; SERVING passes.</summary>
public sealed record GrpcAction(ushort Port, string Service) : PodAction;

/// <summary>Only of hooks: waits.</summary>
public sealed record SleepAction(TimeSpan For) : PodAction;

/// <summary>A header of an HTTP probe or hook.</summary>
public readonly record struct HttpHeader(string Name, string Value);

/// <summary>A probe with Kubernetes' defaults.</summary>
/// <param name="Failures">How many in a row count as failed.</param>
/// <param name="Successes">How many in a row count as passed, after a failure.</param>
/// <param name="Grace">Of a liveness or startup probe: replaces the pod's termination grace.</param>
public sealed record Probe(
    PodAction Action, TimeSpan InitialDelay, TimeSpan Period, TimeSpan Timeout, int Failures, int Successes, TimeSpan? Grace);
