using System.Text.Json.Nodes;
using Gossip.Cli.Client;
using Gossip.Cli.Demo;
using Gossip.Cli.Verbs;
using Spectre.Console.Rendering;

namespace Gossip.Cli.Tests.Display;

/// <summary>Whatever a node tells, every table shows it as it is: no markup is read, no line is broken, no terminal is steered.</summary>
public sealed class TablesTests
{
    /// <summary>An IPv6 address, markup that is whole, that is open, that has no such colour; a line break; an escape sequence.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "[::1]:7373", "[::1]:7373" },
        { "[red]blood[/]", "[red]blood[/]" },
        { "[red", "[red" },
        { "[/]", "[/]" },
        { "[[x]]", "[[x]]" },
        { "[no-such-colour]x", "[no-such-colour]x" },
        { "a\nb", "a\\nb" },
        { "\u001b[31mx", "\\u001b[31mx" },
        { "\u202ex", "\\u202ex" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Members(string hostile, string shown)
    {
        var member = new MemberInfo(hostile, hostile, hostile, hostile, hostile, false, 1, 2, 3, [hostile]);
        AssertShown(MembersVerb.Table([member]).Draw(), shown, times: 5);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_pods_use(string hostile, string shown) =>
        AssertShown(TopVerb.Table([new TopVerb.PodUse(hostile, hostile, 1, 2)], everywhere: true).Draw(), shown, times: 2);

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_is_drained(string hostile, string shown) =>
        AssertShown(DrainVerb.Table([new DrainedPod(hostile, hostile, hostile, hostile)]).Draw(), shown, times: 4);

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_plan(string hostile, string shown)
    {
        AssertShown(PlanPage.Table(Plan(hostile)).Draw(), shown, times: 15);
        var lines = PlanPage.Lines(Plan(hostile)).ToList();
        Assert.Equal(6, lines.Count); // each is written by Output.Line, which is tested by itself
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void The_demo(string hostile, string shown)
    {
        var screen = new DemoScreen(quiet: true);
        screen.Doing(hostile);
        screen.Done(new DemoStep(hostile, true, hostile));
        screen.Show(
            [new MemberInfo(hostile, hostile, hostile, hostile, hostile, true, 1, 2, 3, [hostile])],
            [new DemoPod(hostile, "uid", hostile, false, hostile, hostile, hostile)]);
        AssertShown(screen.Render(), shown, times: 3 + 5 + 4);
    }

    static JsonObject Plan(string hostile)
    {
        var text = JsonValue.Create(hostile).ToJsonString();
        return JsonNode.Parse($$"""
            {
              "steps": [{"kind": {{text}}, "namespace": {{text}}, "name": {{text}}, "action": {{text}}}],
              "placement": {"evictions": 1, "workloads": [{
                "kind": {{text}}, "namespace": {{text}}, "name": {{text}}, "before": 1, "after": 2,
                "stay": [{"pod": {{text}}, "node": {{text}}}],
                "placed": [{"pod": {{text}}, "node": {{text}}, "evicts": [{{text}}]}],
                "leave": [{"pod": {{text}}, "node": {{text}}, "because": {{text}}}],
                "misfits": [{"pods": 2, "first": {{text}}, "because": {{text}}}]
              }]}
            }
            """)!.AsObject();
    }

    static void AssertShown(IRenderable drawn, string shown, int times)
    {
        using var writer = new StringWriter();
        VerbRun.On(writer).Write(drawn);
        var page = writer.ToString();
        Assert.Equal(times, page.Split(shown).Length - 1);
        Assert.DoesNotContain(page, letter => char.IsControl(letter) && letter != '\n');
    }
}
