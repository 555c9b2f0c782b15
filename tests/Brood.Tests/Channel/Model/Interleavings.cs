using System.Reflection;
using System.Runtime.InteropServices;

namespace Brood.Channel.Model;

/// <summary>Runs two actors in every order of their accesses to a memory that they share.</summary>
/// <remarks>
/// <para>Each access asks who goes on. A run repeats a prefix of earlier answers, then goes its own way and leaves the
/// other answers for later runs. A run ends early in a state that some run has been in: same memory, same stores under
/// way, and each actor having seen the same values so far, which decides all that it does next. So the walk is complete,
/// without a bound on preemptions, and still short.</para>
/// <para>The actors are threads that hand over to each other; only one runs at a time.</para>
/// </remarks>
internal sealed class Interleavings
{
    private const int MaxSteps = 20_000;
    private const int FlushChoice = 2; // Choices: 0 and 1 let that actor go on; 2 and 3 make its oldest store visible.

    private readonly byte[] _memory;
    private readonly bool _buffersStores;
    private readonly int _spuriousWakes;
    private readonly Actor[] _actors = [new(), new()];
    private readonly HashSet<ulong> _visited = [];
    private readonly Stack<int[]> _later = [];
    private readonly List<int> _choices = [];
    private readonly SemaphoreSlim _ended = new(0);
    private int[] _prefix = [];
    private int _wakesLeft;
    private bool _abandoned;
    private Exception? _failure;

    private sealed class Actor
    {
        public readonly SemaphoreSlim Go = new(0);
        public readonly StoreBuffer Stores = new();
        public long ParkedAt; // 0: not parked.
        public int ParkMask;
        public int OldStores = -1; // Stores of the other that were under way when this parked; -1: it parked without a time limit.
        public bool LimitPassed;
        public bool IsDone;
        public bool HasExchanged;
        public ulong Seen; // A hash of all that it has read, and of how often it was asked.

        public bool IsReady => !IsDone && ParkedAt == 0;
    }

    private sealed class AbandonedException : Exception;

    /// <param name="buffersStores">Whether stores become visible late, as on x86, or at once.</param>
    public Interleavings(int memoryBytes, bool buffersStores, int spuriousWakes = 1)
    {
        _memory = new byte[memoryBytes];
        _buffersStores = buffersStores;
        _spuriousWakes = spuriousWakes;
    }

    public int Runs { get; private set; }

    public int States => _visited.Count;

    /// <param name="prepare">Makes a fresh pair of actors, and what is checked when both are done.</param>
    /// <exception cref="ModelFailedException">An order that breaks a promise was found.</exception>
    public void Walk(Func<(Action First, Action Second, Action AtTheEnd)> prepare)
    {
        using var quit = new CancellationTokenSource();
        Action[] bodies = new Action[2];
        Thread[] threads = [Start(0, bodies, quit.Token), Start(1, bodies, quit.Token)];
        try
        {
            _later.Push([]);
            while (_later.TryPop(out int[]? prefix))
            {
                (bodies[0], bodies[1], Action atTheEnd) = prepare();
                Run(prefix, atTheEnd);
            }
        }
        finally
        {
            quit.Cancel();
            Array.ForEach(threads, thread => thread.Join());
        }
    }

    public Span<byte> Bytes(long offset, int count) => _memory.AsSpan((int)offset, count);

    public long Read(int actor, long offset, int bytes) => _actors[actor].Stores.Find(offset)
        ?? (bytes == sizeof(int) ? MemoryMarshal.Read<int>(_memory.AsSpan((int)offset)) : MemoryMarshal.Read<long>(_memory.AsSpan((int)offset)));

    public void Write(int actor, long offset, long value, int bytes)
    {
        if (_buffersStores)
        {
            _actors[actor].Stores.Add(offset, value, bytes);
            return;
        }
        StoreBuffer.Put(_memory, offset, value, bytes);
    }

    public void Flush(int actor)
    {
        while (!_actors[actor].Stores.IsEmpty)
        {
            FlushOldest(actor);
        }
    }

    public long Saw(int actor, long value)
    {
        _actors[actor].Seen = (_actors[actor].Seen ^ (ulong)value) * 0x9E3779B97F4A7C15 + 1;
        return value;
    }

    public void Exchanged(int actor) => _actors[actor].HasExchanged = true;

    /// <summary>Whether the actor's last access but this one was an exchange.</summary>
    public bool LastWasExchange(int actor)
    {
        bool has = _actors[actor].HasExchanged;
        _actors[actor].HasExchanged = false;
        return has;
    }

    /// <summary>What an actor has seen so far matters no more, except for this: its own fields, and where it is.</summary>
    public void Remember(int actor, object fields, int place)
    {
        _actors[actor].Seen = 0;
        Saw(actor, place);
        foreach (FieldInfo field in fields.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (field.FieldType.IsValueType && field.FieldType != typeof(ModelMemory))
            {
                Saw(actor, field.GetValue(fields)?.GetHashCode() ?? -1);
            }
        }
    }

    /// <summary>Before every access: the other actor may go on instead.</summary>
    public void Step(int actor)
    {
        Saw(actor, 1);
        GoOn(actor);
    }

    /// <summary>A time limit may pass at any moment. By then whatever was written before the actor parked has become visible.</summary>
    /// <returns>Whether it has passed.</returns>
    public bool Park(int actor, long offset, int expected, int mask, bool hasLimit)
    {
        _actors[actor].LimitPassed = false;
        Step(actor);
        Flush(actor);
        if (Read(actor, offset, sizeof(int)) == expected)
        {
            (_actors[actor].ParkedAt, _actors[actor].ParkMask) = (offset, mask);
            _actors[actor].OldStores = hasLimit ? _actors[1 - actor].Stores.Count : -1;
            GoOn(actor);
            _actors[actor].OldStores = -1;
        }
        return Saw(actor, _actors[actor].LimitPassed ? 3 : 2) == 3;
    }

    public void Unpark(long offset, int mask)
    {
        foreach (Actor actor in _actors)
        {
            if (actor.ParkedAt == offset && (actor.ParkMask & mask) != 0)
            {
                actor.ParkedAt = 0;
            }
        }
    }

    private void Run(int[] prefix, Action atTheEnd)
    {
        Runs++;
        Array.Clear(_memory);
        _prefix = prefix;
        _choices.Clear();
        _wakesLeft = _spuriousWakes;
        _abandoned = false;
        foreach (Actor actor in _actors)
        {
            actor.Stores.Clear();
            (actor.ParkedAt, actor.OldStores, actor.IsDone, actor.HasExchanged, actor.Seen) = (0, -1, false, false, 0);
        }
        Hand(Choose(0));
        _ended.Wait();
        if (_failure is null && !_abandoned)
        {
            try
            {
                atTheEnd();
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }
        if (_failure is { } failure)
        {
            throw new ModelFailedException($"{failure.Message} (run {Runs}, order {string.Concat(_choices)})", failure);
        }
    }

    private Thread Start(int index, Action[] bodies, CancellationToken quit)
    {
        var thread = new Thread(() =>
        {
            Actor actor = _actors[index];
            while (true)
            {
                try
                {
                    actor.Go.Wait(quit);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                Play(index, bodies[index]);
            }
        }) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Play(int index, Action body)
    {
        try
        {
            if (!_abandoned)
            {
                body();
                Flush(index);
            }
        }
        catch (AbandonedException)
        {
        }
        catch (Exception e)
        {
            Fail(e);
        }
        _actors[index].IsDone = true;
        if (_actors[0].IsDone && _actors[1].IsDone)
        {
            _ended.Release();
            return;
        }
        Hand(_abandoned ? 1 - index : Choose(index));
    }

    private void GoOn(int actor)
    {
        if (_abandoned)
        {
            throw new AbandonedException();
        }
        int next = Choose(actor);
        if (next != actor)
        {
            Hand(next);
            _actors[actor].Go.Wait();
        }
        if (_abandoned)
        {
            throw new AbandonedException();
        }
    }

    private void Hand(int actor) => _actors[actor].Go.Release();

    private void Fail(Exception error)
    {
        _failure ??= error;
        _abandoned = true;
    }

    /// <returns>The actor that goes on. When the run is over: one that has not ended, to do so.</returns>
    private int Choose(int current)
    {
        Span<int> options = stackalloc int[4];
        while (true)
        {
            int count = Options(current, options, out bool anyReady);
            if (!anyReady)
            {
                if (!_actors[0].IsDone || !_actors[1].IsDone)
                {
                    Fail(new InvalidOperationException("Nobody can go on: a wake-up was lost."));
                }
                return Unfinished(current);
            }
            int choice = options[0];
            if (count > 1)
            {
                if (_choices.Count >= MaxSteps)
                {
                    Fail(new InvalidOperationException("The actors go on for ever."));
                    return Unfinished(current);
                }
                if (_choices.Count < _prefix.Length)
                {
                    choice = _prefix[_choices.Count];
                }
                else if (!_visited.Add(StateHash()))
                {
                    _abandoned = true;
                    return Unfinished(current);
                }
                else
                {
                    foreach (int other in options[1..count])
                    {
                        _later.Push([.. _choices, other]);
                    }
                }
                _choices.Add(choice);
            }
            if (choice >= FlushChoice)
            {
                FlushOldest(choice - FlushChoice);
                continue;
            }
            Actor next = _actors[choice];
            if (next.ParkedAt != 0)
            {
                next.ParkedAt = 0;
                next.LimitPassed = next.OldStores >= 0;
                _wakesLeft -= next.LimitPassed ? 0 : 1;
                while (next.OldStores > 0)
                {
                    FlushOldest(1 - choice);
                }
            }
            return choice;
        }
    }

    private void FlushOldest(int actor)
    {
        _actors[actor].Stores.FlushOldest(_memory);
        Actor other = _actors[1 - actor];
        other.OldStores -= other.OldStores > 0 ? 1 : 0;
    }

    private int Options(int current, Span<int> options, out bool anyReady)
    {
        int count = 0;
        anyReady = false;
        for (int i = 0; i < 2; i++)
        {
            int actor = i == 0 ? current : 1 - current;
            if (_actors[actor].IsReady)
            {
                anyReady = true;
                options[count++] = actor;
            }
        }
        for (int actor = 0; actor < 2; actor++)
        {
            if (!_actors[actor].Stores.IsEmpty)
            {
                anyReady = true;
                options[count++] = FlushChoice + actor;
            }
        }
        for (int actor = 0; actor < 2; actor++)
        {
            bool hasLimit = _actors[actor].OldStores >= 0;
            if (_actors[actor].ParkedAt != 0 && (hasLimit || (_wakesLeft > 0 && anyReady)))
            {
                anyReady |= hasLimit;
                options[count++] = actor;
            }
        }
        return count;
    }

    private int Unfinished(int current) => _actors[current].IsDone ? 1 - current : current;

    private ulong StateHash()
    {
        ulong hash = (ulong)_wakesLeft;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(_memory))
        {
            hash = (hash ^ word) * 0x100000001B3;
            hash ^= hash >> 29;
        }
        foreach (Actor actor in _actors)
        {
            hash = (hash ^ actor.Seen) * 0x9E3779B97F4A7C15;
            hash = (hash ^ (ulong)actor.ParkedAt ^ ((ulong)(actor.OldStores + 1) << 48) ^ (actor.IsDone ? 1UL << 40 : 0)) * 0x100000001B3;
            hash = actor.Stores.Hash(hash);
        }
        return hash;
    }
}
