namespace Brood.Transfer;

/// <summary>The bodies of generic collections.</summary>
internal static class CollectionBodies
{
    public static Type? Find(string fullName) => fullName switch
    {
        "System.Collections.Generic.List`1" => typeof(ListBody<>),
        "System.Collections.Generic.Dictionary`2" => typeof(DictionaryBody<,>),
        "System.Collections.Generic.HashSet`1" => typeof(HashSetBody<>),
        _ => null,
    };
}
