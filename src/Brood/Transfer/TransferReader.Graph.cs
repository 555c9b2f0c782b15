namespace Brood.Transfer;

/// <summary>The part that knows objects: those met so far, their types, and how deep the reader is.</summary>
internal ref partial struct TransferReader
{
    public readonly bool IsOutermost => _depth == 0;

    /// <summary>The other side of <see cref="TransferWriter.ForgetObjects"/>.</summary>
    public void ForgetObjects() => _objectCount = 0;

    internal void Enter() => TransferLimits.CheckDepth(++_depth);

    internal void Leave() => _depth--;

    /// <summary>Numbers the object whose contents come next.</summary>
    internal int Reserve()
    {
        _objects ??= new object?[4];
        if (_objectCount == _objects.Length)
        {
            Array.Resize(ref _objects, _objectCount * 2);
        }
        return _objectCount++;
    }

    /// <summary>Makes an object known before its contents are read, so that they may refer to it.</summary>
    internal readonly void Made(int objectIndex, object value) => _objects![objectIndex] = value;

    internal object ReadSeen()
    {
        ulong index = ReadVarint();
        SeenCount++;
        return index < (ulong)_objectCount && _objects![(int)index] is { } value ? value
            : throw Damaged("a reference leads nowhere");
    }

    /// <summary>Says that the part being read holds an object whose contents come later.</summary>
    internal void NoteUnfinished() => SeenCount++;

    internal Type ReadType()
    {
        ulong index = ReadVarint();
        if (index > 0)
        {
            return index <= (ulong)_typeCount ? _types![(int)index - 1] : throw Damaged("a type is missing");
        }
        Type type = TypeNames.Read(ref this);
        if (type.ContainsGenericParameters)
        {
            throw Damaged("they name a type without its arguments");
        }
        if (Policy.Judge(type) is { } refusal)
        {
            throw new TransferException(
                $"The bytes name a {TypeNames.Display(type)}, {refusal.Why}. {refusal.Advice}", TypeNames.Display(type));
        }
        _types ??= new Type[4];
        if (_typeCount == _types.Length)
        {
            Array.Resize(ref _types, _typeCount * 2);
        }
        _types[_typeCount++] = type;
        return type;
    }

    /// <summary>Fills a hashed or sorted collection after all objects are complete: its keys may be unfinished now.</summary>
    internal void Defer(DeferredFill fill) => (_deferred ??= []).Add(fill);

    internal void FillDeferred()
    {
        if (_deferred is not { } deferred)
        {
            return;
        }
        foreach (DeferredFill fill in deferred)
        {
            fill.Run(ref this);
        }
        deferred.Clear();
    }
}

/// <summary>A collection whose items wait until all objects of the payload are complete.</summary>
internal abstract class DeferredFill
{
    public abstract void Run(ref TransferReader reader);
}
