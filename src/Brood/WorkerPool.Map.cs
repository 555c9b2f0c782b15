using System.Runtime.CompilerServices;
using Brood.Calls;
using Brood.Pool.Mapping;
using Brood.Transfer;
using Brood.Workers;

namespace Brood;

// Mapping a source over the workers: the same three verbs for both kinds of sources and of functions.
public sealed partial class WorkerPool
{
    /// <summary>Calls a function for each item of a source, spread over the workers.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="source">Read only as far ahead as <see cref="MapOptions.MaxInFlight"/> allows; may be endless. What it throws ends
    /// the enumeration, after the results of the items before. It is read on a thread of the
    /// thread pool; if it blocks there when the map is left, nobody waits for it, and that thread disposes it when it comes back.</param>
    /// <param name="options">The default is null: <see cref="MapOptions"/> with its defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration and stops the work, as leaving it does.</param>
    /// <returns>The results. The first failure ends the enumeration with its exception and stops the rest of the work; the failed item's
    /// place in the source, from 0 up, is in its <see cref="Exception.Data"/> as the <see cref="long"/> <c>"Brood.ItemIndex"</c>.
    /// <see cref="CallOptions.Timeout"/> and <see cref="CallOptions.Retries"/> of the pool's <see cref="WorkerPoolOptions.Call"/> hold for
    /// each item, the time from when the item begins to run. Each enumeration is a map of its own, which begins when
    /// its first result is asked for.</returns>
    /// <remarks>An item fails as a call does; see <see cref="Callable.CallAsync{T, R}(Func{T, R}, T, CancellationToken)"/>. Items are sent in
    /// chunks: when a map ends early, items behind the last result may have run. What a captured <see cref="IProgress{T}"/> reports has
    /// come when the enumeration ends; a report may come after the result of the item that made it.</remarks>
    /// <exception cref="ArgumentException">At once: the function returns a <see cref="ValueTask"/>. Nothing has run.</exception>
    /// <exception cref="TransferException">At once: the function streams; nothing has run. From the enumeration: the function or what it
    /// captured cannot cross, and nothing has run; or an item or its result cannot.</exception>
    public IAsyncEnumerable<R> MapAsync<T, R>(Func<T, R> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ValuesOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(source, null), options, cancellationToken);
    }

    /// <inheritdoc cref="MapAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<R> MapAsync<T, R>(Func<T, Task<R>> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ValuesOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(source, null), options, cancellationToken);
    }

    /// <inheritdoc cref="MapAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    public IAsyncEnumerable<R> MapAsync<T, R>(Func<T, R> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ValuesOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(null, source), options, cancellationToken);
    }

    /// <inheritdoc cref="MapAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<R> MapAsync<T, R>(Func<T, Task<R>> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ValuesOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(null, source), options, cancellationToken);
    }

    /// <summary>Calls a function for each item of a source, spread over the workers. Failures are values; the map goes on.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="source">Read only as far ahead as <see cref="MapOptions.MaxInFlight"/> allows; may be endless.</param>
    /// <param name="options">The default is null: <see cref="MapOptions"/> with its defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration and stops the work, as leaving it does.</param>
    /// <returns>One result for each item, and its place in the source. An item that takes its worker along fails alone: finished items
    /// are kept, the others are dealt again. The enumeration itself fails only where no item does: its token, what the source throws, or
    /// a captured variable that cannot cross.</returns>
    /// <remarks>Otherwise as <see cref="MapAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>.</remarks>
    /// <exception cref="ArgumentException">At once: the function returns a <see cref="ValueTask"/>. Nothing has run.</exception>
    /// <exception cref="TransferException">At once: the function streams; nothing has run. From the enumeration: the function or what it
    /// captured cannot cross; nothing has run.</exception>
    public IAsyncEnumerable<MapResult<R>> MapResultsAsync<T, R>(Func<T, R> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ResultsOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(source, null), options, cancellationToken);
    }

    /// <inheritdoc cref="MapResultsAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<MapResult<R>> MapResultsAsync<T, R>(Func<T, Task<R>> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ResultsOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(source, null), options, cancellationToken);
    }

    /// <inheritdoc cref="MapResultsAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    public IAsyncEnumerable<MapResult<R>> MapResultsAsync<T, R>(Func<T, R> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ResultsOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(null, source), options, cancellationToken);
    }

    /// <inheritdoc cref="MapResultsAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<MapResult<R>> MapResultsAsync<T, R>(Func<T, Task<R>> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        CheckResult<R>(function, source);
        return ResultsOf<T, R>(function, Codec<R>.Declared, new ChunkSource<T>(null, source), options, cancellationToken);
    }

    /// <summary>Calls a function for each item of a source, spread over the workers.</summary>
    /// <param name="function">What to call.</param>
    /// <param name="source">Read only as far ahead as <see cref="MapOptions.MaxInFlight"/> allows.</param>
    /// <param name="options">The default is null: <see cref="MapOptions"/> with its defaults.</param>
    /// <param name="cancellationToken">Ends the task and stops the work.</param>
    /// <returns>Completes when all items are done; the first failure ends it with its exception, which says which item it was as that of
    /// <see cref="MapAsync{T, R}(Func{T, R}, IEnumerable{T}, MapOptions, CancellationToken)"/> does, and stops the rest.</returns>
    /// <exception cref="TransferException">At once: the function streams; nothing has run. From the task: the function or what it captured
    /// cannot cross, and nothing has run; or an item cannot.</exception>
    public Task ForEachAsync<T>(Action<T> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(function, source);
        return DrainAsync(ResultsOf<T, Nothing>(function, null, new ChunkSource<T>(source, null), options, cancellationToken));
    }

    /// <inheritdoc cref="ForEachAsync{T}(Action{T}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<T>(Func<T, Task> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(function, source);
        return DrainAsync(ResultsOf<T, Nothing>(function, null, new ChunkSource<T>(source, null), options, cancellationToken));
    }

    /// <inheritdoc cref="ForEachAsync{T}(Action{T}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    public Task ForEachAsync<T>(Action<T> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(function, source);
        return DrainAsync(ResultsOf<T, Nothing>(function, null, new ChunkSource<T>(null, source), options, cancellationToken));
    }

    /// <inheritdoc cref="ForEachAsync{T}(Action{T}, IEnumerable{T}, MapOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<T>(Func<T, Task> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(function, source);
        return DrainAsync(ResultsOf<T, Nothing>(function, null, new ChunkSource<T>(null, source), options, cancellationToken));
    }

    private static void CheckResult<R>(Delegate function, object source)
    {
        Check(function, source);
        if (typeof(R) == typeof(ValueTask) || (typeof(R).IsGenericType && typeof(R).GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            throw new ArgumentException("A map's function returns a value or a Task. Wrap this one: x => F(x).AsTask()", nameof(function));
        }
    }

    private static void Check(Delegate function, object source)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        if (Function.IsSequence(function.GetType()))
        {
            throw CallEncoder.Sequence(Function.Of(function).Name);
        }
    }

    private MapSequence<MapResult<R>> ResultsOf<T, R>(
        Delegate function, Codec<R>? codec, ChunkSource<T> source, MapOptions? options, CancellationToken cancellationToken) =>
        new((token, owned) => new MapOutcomes<T, R>(() => Run(function, codec, source, options, token), token, owned), cancellationToken);

    private MapSequence<R> ValuesOf<T, R>(
        Delegate function, Codec<R>? codec, ChunkSource<T> source, MapOptions? options, CancellationToken cancellationToken) =>
        new((token, owned) => new MapValues<T, R>(() => Run(function, codec, source, options, token), token, owned), cancellationToken);

    private MapRun<T, R> Run<T, R>(Delegate function, Codec<R>? codec, ChunkSource<T> source, MapOptions? options, CancellationToken token) =>
        new(this, function, codec, source, options ?? MapOptions.Default, token);

    private static async Task DrainAsync(IAsyncEnumerable<MapResult<Nothing>> results)
    {
        await foreach (MapResult<Nothing> result in results.ConfigureAwait(false))
        {
            if (result.Error is { } error)
            {
                ItemFailure.Throw(error, result.Index);
            }
        }
    }
}
