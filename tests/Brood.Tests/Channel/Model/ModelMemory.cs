using System.Runtime.InteropServices;
using Brood.Memory;

namespace Brood.Channel.Model;

/// <summary>What may be wrong with a machine, to see that the model notices.</summary>
[Flags]
internal enum Defects
{
    None = 0,

    /// <summary>Fence and Exchange do not wait for the stores before them.</summary>
    NoFences = 1,

    /// <summary>Whoever has said that it will sleep does not see what was written since it last looked.</summary>
    StaleLookBeforeSleep = 2,

    /// <summary>A compare-exchange is a read and then a write.</summary>
    SplitCompareExchange = 4,

    /// <summary>Time limits never pass.</summary>
    SleepsForEver = 8,
}

/// <summary>One actor's view of a memory in which every access may come before or after any access of the other.</summary>
internal readonly struct ModelMemory(Interleavings model, int actor, Defects defects = Defects.None) : ISharedMemory
{
    public int ReadAcquire32(long offset)
    {
        model.Step(actor);
        if ((defects & Defects.StaleLookBeforeSleep) != 0 && model.LastWasExchange(actor))
        {
            return (int)model.Saw(actor, 0);
        }
        return (int)model.Saw(actor, model.Read(actor, offset, sizeof(int)));
    }

    public long ReadAcquire64(long offset)
    {
        model.Step(actor);
        return model.Saw(actor, model.Read(actor, offset, sizeof(long)));
    }

    public void WriteRelease32(long offset, int value)
    {
        model.Step(actor);
        model.Write(actor, offset, value, sizeof(int));
    }

    public void WriteRelease64(long offset, long value)
    {
        model.Step(actor);
        model.Write(actor, offset, value, sizeof(long));
    }

    public int Exchange32(long offset, int value)
    {
        model.Step(actor);
        if ((defects & Defects.NoFences) != 0)
        {
            long old = model.Read(actor, offset, sizeof(int));
            model.Write(actor, offset, value, sizeof(int));
            return (int)model.Saw(actor, old);
        }
        model.Flush(actor);
        int before = (int)model.Saw(actor, model.Read(actor, offset, sizeof(int)));
        model.Write(actor, offset, value, sizeof(int));
        model.Flush(actor);
        model.Exchanged(actor);
        return before;
    }

    public int Increment32(long offset)
    {
        model.Step(actor);
        model.Flush(actor);
        int after = (int)model.Saw(actor, model.Read(actor, offset, sizeof(int))) + 1;
        model.Write(actor, offset, after, sizeof(int));
        model.Flush(actor);
        return after;
    }

    public bool CompareExchange32(long offset, int from, int to)
    {
        model.Step(actor);
        model.Flush(actor);
        bool same = model.Saw(actor, model.Read(actor, offset, sizeof(int))) == from;
        if ((defects & Defects.SplitCompareExchange) != 0)
        {
            model.Step(actor);
        }
        if (same)
        {
            model.Write(actor, offset, to, sizeof(int));
            model.Flush(actor);
        }
        return same;
    }

    public void Fence()
    {
        model.Step(actor);
        if ((defects & Defects.NoFences) == 0)
        {
            model.Flush(actor);
        }
    }

    public Span<byte> Slice(long offset, int count)
    {
        model.Step(actor);
        Span<byte> bytes = model.Bytes(offset, count);
        long hash = count;
        foreach (byte value in bytes)
        {
            hash = (hash * 31) + value;
        }
        model.Saw(actor, hash);
        return bytes;
    }

    public void Remember(object fields, int place) => model.Remember(actor, fields, place);

    public bool Park(long offset, int expected, int mask, int timeoutMilliseconds) =>
        model.Park(actor, offset, expected, mask, hasLimit: timeoutMilliseconds > 0 && (defects & Defects.SleepsForEver) == 0);

    public void Unpark(long offset, int mask)
    {
        model.Step(actor);
        model.Unpark(offset, mask);
    }
}

/// <summary>Stores that one actor has made and the other does not see yet, oldest first: what x86 does, and no more.</summary>
internal sealed class StoreBuffer
{
    private readonly List<(long Offset, long Value, int Bytes)> _stores = [];

    public int Count => _stores.Count;

    public bool IsEmpty => Count == 0;

    public void Clear() => _stores.Clear();

    public void Add(long offset, long value, int bytes) => _stores.Add((offset, value, bytes));

    public long? Find(long offset)
    {
        int i = _stores.FindLastIndex(store => store.Offset == offset);
        return i < 0 ? null : _stores[i].Value;
    }

    public void FlushOldest(Span<byte> memory)
    {
        (long offset, long value, int bytes) = _stores[0];
        _stores.RemoveAt(0);
        Put(memory, offset, value, bytes);
    }

    public ulong Hash(ulong hash)
    {
        foreach ((long offset, long value, int bytes) in _stores)
        {
            hash = (((hash ^ (ulong)offset) * 0x100000001B3) ^ (ulong)value) * 0x100000001B3 + (ulong)bytes;
        }
        return hash;
    }

    public static void Put(Span<byte> memory, long offset, long value, int bytes)
    {
        if (bytes == sizeof(int))
        {
            MemoryMarshal.Write(memory[(int)offset..], (int)value);
        }
        else
        {
            MemoryMarshal.Write(memory[(int)offset..], value);
        }
    }
}
