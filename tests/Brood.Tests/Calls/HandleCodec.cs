using System.Collections.Concurrent;

using Brood.Transfer;

namespace Brood.Calls;

/// <summary>Carries any value by a number: both sides of these tests are one process. Refuses what a real codec refuses.</summary>
internal sealed class HandleCodec(Type declaredType) : Codec
{
    private static readonly ConcurrentDictionary<ulong, object?> s_values = new();
    private static ulong s_last;

    public static readonly Func<Type, Codec> Source = static type => IsRefused(type)
        ? throw new TransferException($"{type.Name} cannot cross the border.", type.Name)
        : new HandleCodec(type);

    public override Type DeclaredType => declaredType;

    public override void WriteBoxed(TransferWriter writer, object? value)
    {
        if (value is not null && IsRefused(value.GetType()))
        {
            throw new TransferException($"{value.GetType().Name} cannot cross the border.", $"{declaredType.Name}.Inner");
        }
        ulong handle = Interlocked.Increment(ref s_last);
        s_values[handle] = value;
        writer.WriteVarint(handle);
    }

    public override object? ReadBoxed(ref TransferReader reader) =>
        s_values.TryGetValue(reader.ReadVarint(), out object? value) && (value is null || declaredType.IsInstanceOfType(value))
            ? value
            : throw new TransferException("The bytes are damaged: there is no such value.");

    private static bool IsRefused(Type type) =>
        typeof(Stream).IsAssignableFrom(type) || typeof(Task).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
        || type == typeof(CancellationToken) || type == typeof(nint) || type.Name.StartsWith("<>c", StringComparison.Ordinal);
}
