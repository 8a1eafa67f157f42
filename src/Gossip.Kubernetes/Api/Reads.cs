using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Watching;

namespace Gossip.Kubernetes.Api;

/// <summary>Answers GET: of an object, of a list or a part of one, and of a watch.</summary>
static class Reads
{
    /// <summary>Null when the answer was a stream, and is over.</summary>
    public static async Task<ApiAnswer?> AnswerAsync(ApiCall call)
    {
        var (path, query) = (call.Path, call.Query);
        var accepted = Accepts.Negotiate(call.Request, AnswerForm.Table);
        if (accepted == AnswerForm.None)
            return Statuses.NotAcceptable("only application/json is served, also as=Table and as=PartialObjectMetadata of meta.k8s.io/v1");
        var form = new ShownForm(path.Kind, accepted, query["includeObject"].ToString());
        var (choice, refused) = Choice.Read(path, query);
        if (choice is null) return refused;
        var history = call.Cluster.Histories.Of(path.Kind);
        if (QueryValues.IsTrue(query["watch"]))
        {
            (var asked, refused) = WatchOptions.Read(query, history.Life);
            return asked is null ? refused : await new Watch(call, history, choice, form, asked).AnswerAsync();
        }
        (var options, refused) = ReadOptions.Read(query, history.Life);
        if (options is null) return refused;
        var reader = await call.Cluster.ReadAsync(call.Gone);
        if (path.Name.Length == 0) return List(reader, history, choice, form, options);
        if (reader.Look(path.Kind, path.Namespace, path.Name) is not { } found) return Statuses.NotFound(path.Kind, path.Name);
        return new ApiAnswer(200, []) { Raw = form.Alone(found, reader.Now), ContentType = form.ContentType };
    }

    static ApiAnswer List(Reader reader, KindHistory history, Choice choice, ShownForm form, ReadOptions options)
    {
        KindSnapshot? all = reader.All(form.Kind);
        if (options.Version > all.Number) return ReadOptions.TooOld(history.Life.Text(options.Version));
        if (options.Exact) all = history.At(options.Version);
        if (all is null)
            return options.From > 0
                ? Statuses.Expired("the provided continue parameter is too old: start a new list without the continue parameter")
                : ReadOptions.TooOld(history.Life.Text(options.Version));
        var metadata = new JsonObject { ["resourceVersion"] = all.Version };
        var chosen = new List<Shown>();
        var place = options.From;
        for (; place < all.Items.Count && (options.Limit == 0 || chosen.Count < options.Limit); place++)
            if (choice.Sees(all.Items[place])) chosen.Add(all.Items[place]);
        var left = options.Limit == 0 ? 0 : all.Items.Skip(place).Count(choice.Sees);
        if (left > 0)
        {
            history.Keep(all);
            metadata["continue"] = ReadOptions.TokenOf(all.Version, place);
            if (!choice.HasSelectors) metadata["remainingItemCount"] = left;
        }
        return new ApiAnswer(200, form.Head(metadata), form.ItemsField, chosen.Select(shown => form.Item(shown, reader.Now)))
        {
            ContentType = form.ContentType,
        };
    }
}
