using Brood.Transfer;

namespace Brood.Calls;

/// <summary>What an invoker may do with the call that it serves, in the worker.</summary>
internal abstract class ServedCall
{
    /// <summary>Where the result is written. Empty when the function is entered.</summary>
    public abstract TransferWriter Writer { get; }

    /// <summary>The function is about to be entered: from here on the call has started.</summary>
    public abstract void Started();

    /// <summary>The next argument of a chunk is about to be read: its function has not started.</summary>
    public abstract void ItemBegins();

    /// <summary>Writes what the function returned, or the next item of what it streams.</summary>
    /// <exception cref="TransferException">It cannot cross; says that it is the result.</exception>
    public void Write<T>(Codec<T> codec, T result)
    {
        try
        {
            codec.Write(Writer, result);
        }
        catch (TransferException e)
        {
            TransferException refused = TransferPath.Under("the result", e);
            throw new TransferException($"{refused.Message} The function has run: calling it again repeats what it did.", refused.Path, refused.InnerException);
        }
    }

    /// <summary>Sends what was written as the next item, when the reader wants it.</summary>
    public abstract void SendItem();

    /// <summary>Sends an exception in the place of the next item.</summary>
    public abstract void SendItemFailed(Exception error);

    /// <summary>Whether the reader of a stream has gone.</summary>
    public abstract CancellationToken StreamAbandoned { get; }

    /// <summary>Waits for a task that the function returned.</summary>
    public abstract void Wait(Task task);
}
