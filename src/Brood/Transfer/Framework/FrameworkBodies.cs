using System.Collections;
using System.Reflection;

namespace Brood.Transfer;

/// <summary>Bodies of framework classes, and of what the application derives from them.</summary>
internal static class FrameworkBodies
{
    /// <summary>The body, or null if <paramref name="type"/> is an application's class whose base says nothing.</summary>
    /// <param name="type">The run-time type.</param>
    /// <param name="known">The class of the list that it is or derives from.</param>
    public static BodyCodec? Make(Type type, Type known)
    {
        string name = (known.IsConstructedGenericType ? known.GetGenericTypeDefinition() : known).FullName!;
        bool isOwn = !OwnTypes.IsFramework(type.Assembly);
        if (isOwn && known.IsAbstract && !HasFields(known))
        {
            return null;
        }
        if (CollectionBodies.Make(name, type, known) is { } collection)
        {
            return collection;
        }
        if (isOwn)
        {
            return GeneratedRegex.Find(type) ?? new RefusedBody(type, RefusedFamilies.UnknownFrameworkBase(known));
        }
        return MakeByName(name, type) ?? new RefusedBody(type, RefusedFamilies.UnknownFrameworkType);
    }

    private static BodyCodec? MakeByName(string name, Type type) => name switch
    {
        "System.Uri" => new UriBody(),
        "System.Version" => new VersionBody(),
        "System.DBNull" => new SingletonBody(typeof(DBNull), DBNull.Value),
        "System.StringComparer" => new StringComparerBody(),
        "System.Collections.Generic.ReferenceEqualityComparer" =>
            new SingletonBody(typeof(ReferenceEqualityComparer), ReferenceEqualityComparer.Instance),
        "System.Collections.Comparer" => new LegacyComparerBody(),
        "System.Globalization.CultureInfo" => new CultureBody(),
        "System.TimeZoneInfo" => new TimeZoneBody(),
        "System.Text.Encoding" => new EncodingBody(),
        "System.Text.StringBuilder" => new StringBuilderBody(),
        "System.Collections.BitArray" => new BitArrayBody(),
        "System.Text.RegularExpressions.Regex" => new RegexBody(),
        "System.Net.IPAddress" => new AddressBody(),
        "System.Net.IPEndPoint" => new EndPointBody(),
        "System.IO.FileInfo" or "System.IO.DirectoryInfo" => new FileSystemInfoBody(type),
        "System.Text.Json.JsonDocument" => new JsonDocumentBody(),
        "System.Text.Json.Nodes.JsonNode" => new JsonNodeBody(),
        "System.Collections.ArrayList" when type == typeof(ArrayList) => new ArrayListBody(),
        "System.Collections.Hashtable" when type == typeof(Hashtable) => new HashtableBody(),
        "System.Collections.Queue" when type == typeof(Queue) => new LegacyQueueBody(),
        "System.Collections.Stack" when type == typeof(Stack) => new LegacyStackBody(),
        "System.Collections.SortedList" when type == typeof(SortedList) => new LegacySortedListBody(),
        "System.Collections.Specialized.OrderedDictionary" => new LegacyOrderedDictionaryBody(),
        "System.Collections.Specialized.ListDictionary" => new ListDictionaryBody(),
        "System.Collections.Specialized.HybridDictionary" => new HybridDictionaryBody(),
        "System.Collections.Specialized.NameValueCollection" => NameValueBody.Find(type),
        _ => null,
    };

    private static bool HasFields(Type level)
    {
        for (Type? current = level; current is not null; current = current.BaseType)
        {
            if (current.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly).Length > 0)
            {
                return true;
            }
        }
        return false;
    }
}
