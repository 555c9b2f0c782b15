using System.Buffers;
using System.Collections;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Brood.Transfer.Zoo;

/// <summary>Compares two values by run-time types, all fields, bits of numbers, and the shape of references.</summary>
public sealed class DeepEqual
{
    private readonly Dictionary<object, object> _pairs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, object> _back = new(ReferenceEqualityComparer.Instance);

    /// <summary>Says where the two differ first; null if they do not.</summary>
    public static string? Difference(object? expected, object? actual)
    {
        string? difference = null;
        // Long lists of nodes are compared by recursion.
        var thread = new Thread(() => difference = new DeepEqual().Compare(expected, actual, "value"), maxStackSize: 256 << 20);
        thread.Start();
        thread.Join();
        return difference;
    }

    private string? Compare(object? a, object? b, string path)
    {
        if (a is null || b is null)
        {
            return a is null && b is null ? null : $"{path}: {a ?? "null"} became {b ?? "null"}";
        }
        if (a.GetType() != b.GetType())
        {
            return a is JsonValue && b is JsonValue ? Text(a, b, path) : $"{path}: {a.GetType()} became {b.GetType()}";
        }
        Type type = a.GetType();
        if (!type.IsValueType && a is not string)
        {
            if (_pairs.TryGetValue(a, out object? seen) | _back.TryGetValue(b, out object? source))
            {
                return ReferenceEquals(seen, b) && ReferenceEquals(source, a) ? null : $"{path}: the shape of references changed";
            }
            _pairs.Add(a, b);
            _back.Add(b, a);
        }
        return a switch
        {
            string => Same(a.Equals(b), a, b, path),
            double x => Same(BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits((double)b), a, b, path),
            float x => Same(BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits((float)b), a, b, path),
            Half x => Same(BitConverter.HalfToInt16Bits(x) == BitConverter.HalfToInt16Bits((Half)b), a, b, path),
            decimal x => Same(decimal.GetBits(x).SequenceEqual(decimal.GetBits((decimal)b)), a, b, path),
            DateTime x => Same(x.ToBinary() == ((DateTime)b).ToBinary() && x.Kind == ((DateTime)b).Kind, a, b, path),
            DateTimeOffset x => Same(x.EqualsExact((DateTimeOffset)b), a, b, path),
            Uri x => Same(x.OriginalString == ((Uri)b).OriginalString && x.IsAbsoluteUri == ((Uri)b).IsAbsoluteUri, a, b, path),
            Regex x => Same(x.ToString() == b.ToString() && x.Options == ((Regex)b).Options && x.MatchTimeout == ((Regex)b).MatchTimeout, a, b, path),
            StringBuilder x => Same(x.Equals((StringBuilder)b) && x.MaxCapacity == ((StringBuilder)b).MaxCapacity, a, b, path),
            JsonElement or JsonDocument or JsonNode => Text(a, b, path),
            Array x => CompareArrays(x, (Array)b, path),
            FileSystemInfo x => Same(x.FullName == ((FileSystemInfo)b).FullName && x.ToString() == b.ToString(), a, b, path),
            Type => Same(a.Equals(b), a, b, path),
            _ when type.IsPrimitive || type.IsEnum => Same(a.Equals(b), a, b, path),
            _ => CompareObjects(a, b, type, path),
        };
    }

    private string? CompareObjects(object a, object b, Type type, string path)
    {
        Type? framework = type;
        while (framework is not null && !IsFramework(framework))
        {
            framework = framework.BaseType;
        }
        string? difference = framework is null || framework == typeof(object) || framework == typeof(ValueType) ? null
            : CompareFramework(a, b, framework, path);
        for (Type? level = type; difference is null && level is not null && level != framework; level = level.BaseType)
        {
            difference = CompareFields(a, b, level, path);
        }
        return difference;
    }

    private string? CompareFramework(object a, object b, Type type, string path)
    {
        string name = type.Name;
        if (name.StartsWith("Tuple`") || name.StartsWith("ValueTuple`") || name.StartsWith("KeyValuePair`")
            || name.StartsWith("Comparer`") && IsFramework(type) is false)
        {
            return CompareFields(a, b, type, path);
        }
        if (name.StartsWith("Lazy`"))
        {
            return Compare(Property(a, "Value"), Property(b, "Value"), path + ".Value");
        }
        if (name.StartsWith("ReadOnlySequence`"))
        {
            return Compare(Segments((dynamic)a), Segments((dynamic)b), path);
        }
        if (name.Contains("Memory`") || name.StartsWith("ArraySegment`") || name.StartsWith("ImmutableArray`"))
        {
            return Compare(Items(a), Items(b), path);
        }
        foreach (string comparer in (string[])["Comparer", "KeyComparer", "ValueComparer"])
        {
            if (Compare(Property(a, comparer), Property(b, comparer), $"{path}.{comparer}") is { } difference)
            {
                return difference;
            }
        }
        object? itemsOf(object value) => Property(value, "UnorderedItems") ?? value;
        if (itemsOf(a) is IEnumerable left && itemsOf(b) is IEnumerable right && a is not Type)
        {
            object?[] first = [.. left.Cast<object?>()];
            object?[] second = [.. right.Cast<object?>()];
            // Sets and hashed maps promise no order, and their order depends on each process's hash codes.
            if (name.Contains("Hash") || name.Contains("Frozen") || name.Contains("Concurrent") || name.StartsWith("ImmutableDictionary"))
            {
                first = [.. first.OrderBy(item => item?.ToString(), StringComparer.Ordinal)];
                second = [.. second.OrderBy(item => item?.ToString(), StringComparer.Ordinal)];
            }
            if (first.Length != second.Length)
            {
                return $"{path}: {first.Length} items became {second.Length}";
            }
            for (int i = 0; i < first.Length; i++)
            {
                if (Compare(first[i], second[i], $"{path}[{i}]") is { } difference)
                {
                    return difference;
                }
            }
            return null;
        }
        return type == typeof(object) || type.IsAbstract ? null : Same(a.Equals(b) || IsCultureAware(a, b), a, b, path);
    }

    // Reflection knows the first element only.
    private static TElement[] Elements<TArray, TElement>(TArray array) where TArray : struct =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, TElement>(ref array), Unsafe.SizeOf<TArray>() / Unsafe.SizeOf<TElement>()).ToArray();

    private static object Elements(object array, FieldInfo first) => new Func<int, int[]>(Elements<int, int>).Method.GetGenericMethodDefinition()
        .MakeGenericMethod(array.GetType(), first.FieldType).Invoke(null, [array])!;

    private string? CompareFields(object a, object b, Type level, string path)
    {
        foreach (FieldInfo field in level.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (level.IsDefined(typeof(InlineArrayAttribute)))
            {
                return Compare(Elements(a, field), Elements(b, field), path);
            }
            if (Compare(field.GetValue(a), field.GetValue(b), $"{path}.{field.Name}") is { } difference)
            {
                return difference;
            }
        }
        return null;
    }

    private string? CompareArrays(Array a, Array b, string path)
    {
        for (int dimension = 0; dimension < a.Rank; dimension++)
        {
            if (a.GetLength(dimension) != b.GetLength(dimension) || a.GetLowerBound(dimension) != b.GetLowerBound(dimension))
            {
                return $"{path}: the bounds changed";
            }
        }
        IEnumerator left = a.GetEnumerator();
        IEnumerator right = b.GetEnumerator();
        for (int i = 0; left.MoveNext() && right.MoveNext(); i++)
        {
            if (Compare(left.Current, right.Current, $"{path}[{i}]") is { } difference)
            {
                return difference;
            }
        }
        return null;
    }

    private static string? Text(object a, object b, string path)
    {
        static string of(object value) => value switch
        {
            JsonElement { ValueKind: JsonValueKind.Undefined } => "",
            JsonElement element => JsonSerializer.Serialize(element),
            JsonDocument document => JsonSerializer.Serialize(document.RootElement),
            _ => ((JsonNode)value).ToJsonString(),
        };
        return Same(of(a) == of(b), of(a), of(b), path);
    }

    private static T[][] Segments<T>(ReadOnlySequence<T> sequence)
    {
        List<T[]> segments = [];
        foreach (ReadOnlyMemory<T> segment in sequence)
        {
            segments.Add(segment.ToArray());
        }
        return [.. segments];
    }

    private static Array? Items(object value)
    {
        if (Property(value, "IsDefault") is true || value.GetType().Name.StartsWith("ArraySegment`") && Property(value, "Array") is null)
        {
            return null;
        }
        return value is IEnumerable items ? items.Cast<object?>().ToArray()
            : (Array)value.GetType().GetMethod("ToArray", [])!.Invoke(value, null)!;
    }

    private static bool IsCultureAware(object a, object b) =>
        a is IEqualityComparer<string?> left && b is IEqualityComparer<string?> right
        && StringComparer.IsWellKnownCultureAwareComparer(left, out var first, out var options)
        && StringComparer.IsWellKnownCultureAwareComparer(right, out var second, out var others)
        && first.Equals(second) && options == others;

    private static object? Property(object value, string name) =>
        value.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public) is { } property
        && property.GetIndexParameters().Length == 0 ? property.GetValue(value) : null;

    private static string? Same(bool areEqual, object a, object b, string path) => areEqual ? null : $"{path}: {a} became {b}";

    private static bool IsFramework(Type type) =>
        type.Assembly.GetName().Name is { } name && name.StartsWith("System.", StringComparison.Ordinal);
}
