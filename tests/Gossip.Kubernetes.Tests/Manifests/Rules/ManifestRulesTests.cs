using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;

namespace Gossip.Kubernetes.Tests.Manifests.Rules;

/// <summary>Every rule, by name: a document that it alone has something to say of.</summary>
public class ManifestRulesTests
{
    const string Container = "{name: c, image: i}";
    const string Template = $"template: {{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{Container}]}}}}";

    static readonly (string Rule, string Document, string Field)[] Broken =
    [
        ("FieldTypes", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: [1]}", "data"),
        ("ReservedFields", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, life: {}}", "life"),
        ("ObjectName", "{apiVersion: v1, kind: ConfigMap, metadata: {name: X}}", "metadata.name"),
        ("ObjectName", "{apiVersion: v1, kind: ConfigMap, metadata: {}}", "metadata.name"),
        ("ObjectName", "{apiVersion: v1, kind: ConfigMap}", "metadata.name"),
        ("ObjectName", "{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}", "metadata.name"),
        ("ObjectName", "{apiVersion: v1, kind: Service, metadata: {name: 1a}, spec: {ports: [{port: 1}]}}", "metadata.name"),
        ("Namespace", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: a.b}}", "metadata.namespace"),
        ("Namespace", "{apiVersion: v1, kind: Namespace, metadata: {name: x, namespace: a}}", "metadata.namespace"),
        ("Labels", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, labels: {a/b/c: d}}}", "metadata.labels[a/b/c]"),
        ("AnnotationKeys", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, annotations: {'-': d}}}", "metadata.annotations[-]"),
        ("ConfigData", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: b}, binaryData: {a: YQ==}}", "binaryData[a]"),
        ("SecretData", "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: '!'}}", "data[a]"),
        ("SecretType", "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: x}, data: {tls.crt: YQ==}}",
            "data[tls.key]"),
        ("BudgetShare", "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: x}, spec: {minAvailable: half}}",
            "spec.minAvailable"),
        ("BudgetSelector",
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: x}, spec: {selector: {matchExpressions: [{key: a, operator: Like}]}}}", "spec.selector"),
        ("PriorityClass", "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: x}}", "value"),
        ("Taints", "{apiVersion: v1, kind: Node, metadata: {name: x}, spec: {taints: [{key: a}]}}", "spec.taints[0].effect"),
        ("SpecPresent", "{apiVersion: v1, kind: Pod, metadata: {name: x}}", "spec"),
        ("SpecPresent", "{apiVersion: v1, kind: Service, metadata: {name: x}}", "spec"),
        ("SpecPresent", "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: x}}", "spec"),
        ("ServiceType", "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {type: ExternalName}}", "spec.externalName"),
        ("ServiceSelector", "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [{port: 1}], selector: {a: b c}}}",
            "spec.selector[a]"),
        ("ServicePorts", "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {}}", "spec.ports"),
        ("ServicePorts", "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [{port: 1, name: a}, {port: 2, name: a}]}}",
            "spec.ports[1].name"),
        ("Replicas", $"{{apiVersion: v1, kind: ReplicationController, metadata: {{name: x}}, spec: {{replicas: -1, {Template}}}}}",
            "spec.replicas"),
        ("TemplatePresent", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {selector: {matchLabels: {a: b}}}}",
            "spec.template"),
        ("TemplatePresent",
            "{apiVersion: v1, kind: ReplicationController, metadata: {name: x}, spec: {template: {metadata: {labels: {a: b}}}}}",
            "spec.template.spec"),
        ("TemplateLabels",
            $"{{apiVersion: v1, kind: ReplicationController, metadata: {{name: x}}, spec: {{template: {{metadata: {{labels: {{a: b c}}}}, spec: {{containers: [{Container}]}}}}}}}}", "spec.template.metadata.labels[a]"),
        ("WorkloadSelector", $"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: x}}, spec: {{{Template}}}}}", "spec.selector"),
        ("WorkloadSelector",
            "{apiVersion: v1, kind: ReplicationController, metadata: {name: x}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}", "spec.template.metadata.labels"),
        ("RunsForever", Template.Replace("spec: {", "spec: {restartPolicy: Never, ", StringComparison.Ordinal),
            "spec.template.spec.restartPolicy"),
        ("ContainersPresent", Pod(""), "spec.containers"),
        ("ContainersPresent", Pod($"containers: [{string.Join(", ", Enumerable.Range(0, 65).Select(i => $"{{name: c{i}, image: i}}"))}]"),
            "spec.containers"),
        ("PodChoices", Pod($"restartPolicy: Sometimes, containers: [{Container}]"), "spec.restartPolicy"),
        ("PodChoices", Pod($"runtimeClassName: kata, containers: [{Container}]"), "spec.runtimeClassName"),
        ("PodNames", Pod($"nodeName: A, containers: [{Container}]"), "spec.nodeName"),
        ("GracePeriod", Pod($"terminationGracePeriodSeconds: -1, containers: [{Container}]"), "spec.terminationGracePeriodSeconds"),
        ("NodeSelector", Pod($"nodeSelector: {{a: b c}}, containers: [{Container}]"), "spec.nodeSelector[a]"),
        ("Tolerations", Pod($"tolerations: [{{operator: Equal}}], containers: [{Container}]"), "spec.tolerations[0].operator"),
        ("ContainerNames", Pod($"containers: [{Container}, {Container}]"), "spec.containers[1].name"),
        ("ContainerImage", Pod("containers: [{name: c}]"), "spec.containers[0].image"),
        ("ContainerImage", Pod("runtimeClassName: process, containers: [{name: c}]"), "spec.containers[0].command"),
        ("ContainerPorts", Pod("containers: [{name: c, image: i, ports: [{containerPort: 0}]}]"),
            "spec.containers[0].ports[0].containerPort"),
        ("EnvironmentNames", Pod("containers: [{name: c, image: i, env: [{name: a=b}]}]"), "spec.containers[0].env[0].name"),
        ("ResourceAmounts", Pod("containers: [{name: c, image: i, resources: {limits: {cpu: -1}}}]"),
            "spec.containers[0].resources.limits.cpu"),
        ("NotActedOn", Pod($"hostPID: true, containers: [{Container}]"), "spec.hostPID"),
        ("NotActedOn", Pod("containers: [{name: c, image: i, securityContext: {seccompProfile: {type: Unconfined}}}]"),
            "spec.containers[0].securityContext.seccompProfile"),
        ("PodTemplate", Pod("containers: [{name: c, image: i, volumeMounts: [{name: v, mountPath: /v}]}]"),
            "spec.containers[0].volumeMounts[0].name"),
        ("ObjectSize",
            $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: x}}, data: {{{string.Join(", ", Enumerable.Range(0, 5000).Select(i => $"k{i}: v"))}}}}}", ""),
    ];

    public static TheoryData<int, string> Cases => [.. Broken.Select((one, i) => (i, one.Rule))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_rule_says_what_breaks_it_and_where(int at, string rule)
    {
        var (_, document, field) = Broken[at];
        if (document.StartsWith("template", StringComparison.Ordinal))
            document = $"{{apiVersion: v1, kind: ReplicationController, metadata: {{name: x}}, spec: {{{document}}}}}";
        var set = ManifestValidator.Check(ManifestReader.Read("x.yaml", $"---\n{document}"));
        Assert.Equal(
            [(rule, field)], (set.Faults.IsEmpty ? set.Warnings : set.Faults).Select(found => (found.Rule, found.Field)).Distinct());
    }

    [Fact]
    public void No_rule_is_without_a_case()
    {
        var names = ManifestRules.All.Select(rule => rule.Name).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(names, Broken.Select(one => one.Rule).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>A rule that no list has is one that nobody asks.</summary>
    [Fact]
    public void Every_rule_that_is_written_is_listed()
    {
        var written = typeof(ManifestRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ManifestRule)) && !type.IsAbstract);
        Assert.Equal(
            written.Select(type => type.Name).Order(StringComparer.Ordinal),
            ManifestRules.All.Select(rule => rule.GetType().Name).Distinct().Order(StringComparer.Ordinal));
    }

    static string Pod(string spec) => $"{{apiVersion: v1, kind: Pod, metadata: {{name: x}}, spec: {{{spec}}}}}";
}
