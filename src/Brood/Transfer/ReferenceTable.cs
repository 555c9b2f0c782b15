using System.Runtime.CompilerServices;

namespace Brood.Transfer;

/// <summary>Numbers objects in the order in which they are first met, by identity. Open addressing, no removal.</summary>
internal sealed class ReferenceTable
{
    private const int KeptSlots = 1 << 12;

    private object?[] _objects = new object?[8];
    private int[] _slots = new int[16]; // 1 + index into _objects; 0 is free
    private int[] _places = new int[8]; // the slot of each object, so that a small payload is cleared fast after a large one
    private int _count;

    public int Count => _count;

    /// <summary>Finds the object's index, or gives it the next one.</summary>
    public bool TryFind(object value, out int index)
    {
        int mask = _slots.Length - 1;
        int slot = Spread(value) & mask;
        while (_slots[slot] is var entry and not 0)
        {
            if (ReferenceEquals(_objects[entry - 1], value))
            {
                index = entry - 1;
                return true;
            }
            slot = (slot + 1) & mask;
        }
        if (_count == _objects.Length)
        {
            Grow();
            return TryFind(value, out index);
        }
        index = _count;
        _places[_count] = slot;
        _objects[_count++] = value;
        _slots[slot] = _count;
        return false;
    }

    public void Clear()
    {
        if (_slots.Length > KeptSlots)
        {
            _objects = new object?[8];
            _slots = new int[16];
            _places = new int[8];
        }
        else if (_count > 0)
        {
            Array.Clear(_objects, 0, _count);
            for (int i = 0; i < _count; i++)
            {
                _slots[_places[i]] = 0;
            }
        }
        _count = 0;
    }

    // At most half of the slots are ever in use.
    private void Grow()
    {
        Array.Resize(ref _objects, _objects.Length * 2);
        Array.Resize(ref _places, _objects.Length);
        _slots = new int[_objects.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < _count; i++)
        {
            int slot = Spread(_objects[i]!) & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            _slots[slot] = i + 1;
            _places[i] = slot;
        }
    }

    private static int Spread(object value)
    {
        int hash = RuntimeHelpers.GetHashCode(value);
        return hash ^ hash >> 15;
    }
}
