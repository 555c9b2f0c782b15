namespace Brood.Transfer;

/// <summary>How a type of the framework crosses.</summary>
internal enum FrameworkKind : byte
{
    /// <summary>It is not known, and does not.</summary>
    None,

    /// <summary>A value type that is plain data, if its type arguments are.</summary>
    Raw,

    /// <summary>A type whose fields are its meaning.</summary>
    Fields,

    /// <summary>A type with a codec or a body of its own.</summary>
    Special,

    /// <summary>An interface or a base class: it says nothing about what is behind it.</summary>
    Open,
}

/// <summary>The closed list of framework types that cross. A type's place in it is its name in the bytes.</summary>
internal static partial class FrameworkTypes
{
    private static readonly string[] s_lines = List.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    private static readonly Dictionary<string, int> s_indexes = Index();
    private static readonly Type?[] s_types = new Type?[s_lines.Length];

    public static FrameworkKind KindOf(Type type) =>
        Definition(type).FullName is { } name && s_indexes.TryGetValue(name, out int index) && OwnTypes.IsFramework(type.Assembly)
            ? Kind(s_lines[index])
            : FrameworkKind.None;

    /// <summary>The place of a type that is no array and no constructed type.</summary>
    public static bool TryIndexOf(Type type, out int index)
    {
        index = 0;
        return type.FullName is { } name && s_indexes.TryGetValue(name, out index) && OwnTypes.IsFramework(type.Assembly);
    }

    public static Type At(ulong index)
    {
        if (index >= (ulong)s_lines.Length)
        {
            throw TransferReader.Damaged("they name a framework type that is not known");
        }
        return s_types[index] ??= Load(s_lines[index]);
    }

    /// <summary>All lines, for tests.</summary>
    internal static int Count => s_lines.Length;

    private static Type Definition(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private static Type Load(string line)
    {
        string[] parts = line.Split(' ');
        return Type.GetType(parts.Length > 2 ? $"{parts[1]}, {parts[2]}" : parts[1], throwOnError: true)!;
    }

    private static FrameworkKind Kind(string line) => line[0] switch
    {
        'R' => FrameworkKind.Raw,
        'F' => FrameworkKind.Fields,
        'S' => FrameworkKind.Special,
        _ => FrameworkKind.Open,
    };

    private static Dictionary<string, int> Index()
    {
        var indexes = new Dictionary<string, int>(s_lines.Length);
        for (int i = 0; i < s_lines.Length; i++)
        {
            string line = s_lines[i];
            int end = line.IndexOf(' ', 2);
            indexes.Add(end < 0 ? line[2..] : line[2..end], i);
        }
        return indexes;
    }
}
