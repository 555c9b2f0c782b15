using System.Text.Json;
using System.Text.Json.Nodes;

namespace Brood.Workers.Launch;

/// <summary>
/// A copy of the program's <c>runtimeconfig.json</c> that differs in one switch: start-up hooks are on. It stays in
/// the program's own output folder, under a fixed name, and is written again only when its contents must change:
/// <c>dotnet exec</c> resolves the path through links, so that no unnamed file can stand in for it.
/// </summary>
internal sealed record RuntimeConfigCopy(string Source, string Target)
{
    private const string HookSwitch = "System.StartupHookProvider.IsSupported";

    public static RuntimeConfigCopy Of(string source) =>
        new(source, source[..^".runtimeconfig.json".Length] + ".worker.runtimeconfig.json");

    /// <exception cref="WorkerStartException">The folder cannot be written, or the original cannot be read.</exception>
    public void Write()
    {
        try
        {
            var text = WithHooks(File.ReadAllText(Source));
            if (File.Exists(Target) && File.ReadAllText(Target) == text) return;

            // Hosts that start together write the same contents; the rename lets none of them read half of it.
            var unfinished = $"{Target}.{System.Environment.ProcessId}";
            File.WriteAllText(unfinished, text);
            File.Move(unfinished, Target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new WorkerStartException(
                LaunchRefusals.HooksAreOff($"'{Source}'", $"'{Target}' could not be written: {failure.Message}"),
                inner: failure);
        }
    }

    public static string WithHooks(string runtimeConfig)
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        if (JsonNode.Parse(runtimeConfig, documentOptions: options) is not JsonObject root)
            throw new JsonException("A runtime configuration must be a JSON object.");
        var runtimeOptions = Child(root, "runtimeOptions");
        Child(runtimeOptions, "configProperties")[HookSwitch] = JsonValue.Create(true);

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child) return child;
        child = [];
        parent[name] = child;
        return child;
    }
}
