using System.Text;

namespace Brood.Transfer;

/// <summary>The part that knows objects: their identity, their types, and the path to the one being written.</summary>
/// <remarks>After a refusal the writer is in the middle of a value: <see cref="Clear"/> it before the next payload.</remarks>
internal sealed partial class TransferWriter
{
    private readonly ReferenceTable _seen = new();
    private readonly ReferenceTable _types = new();
    private Frame[] _frames = new Frame[16];
    private int _depth;
    private int _deepest;
    private int _openKeys;
    private Type? _lastType;
    private BodyCodec? _lastBody;
    private string? _role;
    private string? _name;

    /// <summary>What the reader of this payload will accept. Decides what is refused here, with a path, instead of there.</summary>
    public TypePolicy Policy { get; set; } = TypePolicy.TrustHost;

    /// <summary>What <see cref="Policy"/> is for each new payload of this writer.</summary>
    public TypePolicy HomePolicy
    {
        get;
        set
        {
            field = value;
            Policy = value;
        }
    } = TypePolicy.TrustHost;

    /// <summary>Names the value that is written next, for messages: role "argument" and name "order" give <c>argument 'order'</c>.</summary>
    public void SetRoot(string? role, string? name)
    {
        _role = role;
        _name = name;
    }

    /// <summary>The exception for a value that cannot cross. Say where it is from the frames that are open now.</summary>
    public TransferException Refused(Type type, Refusal refusal)
    {
        string path = CurrentPath();
        if (refusal.Within.Length > 0)
        {
            // The outermost value itself has no frame yet, so its name is not in the path.
            string owner = _depth > 0 ? "" : (path.Length > 0 ? " → " : "") + TypeNames.Simple(type);
            path += owner + refusal.Within;
            type = refusal.Part ?? type;
        }
        string name = TypeNames.Display(type);
        return new TransferException(
            $"{(path.Length == 0 ? "A value" : path)} cannot cross to the other process: it is a {name}, {refusal.Why}. {refusal.Advice}",
            path.Length == 0 ? name : $"{path} → {name}");
    }

    /// <summary>What comes next shares no objects with what came before: the items of a chunk are strangers to each other.</summary>
    public void ForgetObjects() => _seen.Clear();

    /// <summary>Starts a value that has parts; <see cref="At"/> says which part is next.</summary>
    internal void Enter(IPathPart owner, object? value)
    {
        if (_depth == _frames.Length)
        {
            Array.Resize(ref _frames, _frames.Length * 2);
        }
        _frames[_depth++] = new Frame(owner, value);
        if (_depth > _deepest)
        {
            _deepest = _depth;
            TransferLimits.CheckDepth(_depth);
        }
    }

    internal void At(int position) => _frames[_depth - 1].Position = position;

    internal void Leave() => _depth--;

    /// <summary>While keys of a collection that is made late are written: an unfinished object must not be among them.</summary>
    internal void OpenKeys() => _openKeys++;

    internal void CloseKeys() => _openKeys--;

    internal BodyCodec BodyOf(Type type)
    {
        if (type != _lastType)
        {
            _lastBody = BodyCodec.For(type);
            _lastType = type;
        }
        return _lastBody!;
    }

    internal bool TryFindSeen(object value, out int index) => _seen.TryFind(value, out index);

    /// <summary>Refuses a reference to an object that will not exist yet when the reader gets here.</summary>
    internal void RefuseUnfinished(object value)
    {
        for (int i = 0; i < _depth; i++)
        {
            ref Frame frame = ref _frames[i];
            if (ReferenceEquals(frame.Value, value)
                && (_openKeys > 0 || frame.Position == BeforeMade || frame.Owner is BodyCodec { IsMadeLate: true }))
            {
                throw Refused(value.GetType(), new Refusal(
                    "which contains itself in a way that cannot be rebuilt",
                    "Break the cycle, or use a mutable collection there."));
            }
        }
    }

    /// <summary>A position for what is written before the object is made, such as a comparer.</summary>
    internal const int BeforeMade = -1;

    /// <summary>The position of the fields that a subclass adds to a collection; they have positions of their own.</summary>
    internal const int AddedFields = -2;

    /// <summary>Writes a type: its name the first time, its index from then on.</summary>
    internal void WriteType(Type type)
    {
        if (_types.TryFind(type, out int index))
        {
            WriteVarint((uint)index + 1);
            return;
        }
        if (Policy.Judge(type) is { } refusal)
        {
            throw Refused(type, refusal);
        }
        WriteByte(0);
        TypeNames.Write(this, type);
    }

    /// <summary>Where the value that is being written sits; empty at the outermost.</summary>
    public string CurrentPath()
    {
        var path = new StringBuilder();
        if (_role is not null)
        {
            path.Append(_role);
            if (_name is not null)
            {
                path.Append(" '").Append(_name).Append('\'');
            }
        }
        // The innermost frame is the refused value itself if it was entered; its position says which part.
        for (int i = 0; i < _depth; i++)
        {
            if (i == 0)
            {
                string root = _frames[0].Value is { } value ? TypeNames.Simple(value.GetType()) : "";
                path.Append(path.Length > 0 ? " → " : "").Append(root);
            }
            path.Append(_frames[i].Position switch
            {
                BeforeMade => ".Comparer",
                AddedFields => "",
                int position => _frames[i].Owner.Describe(_frames[i].Value, position),
            });
        }
        return path.ToString();
    }

    private void ClearGraph()
    {
        Policy = HomePolicy;
        _role = _name = null;
        if (_deepest == 0 && _seen.Count == 0 && _types.Count == 0)
        {
            return;
        }
        _seen.Clear();
        _types.Clear();
        Array.Clear(_frames, 0, Math.Min(_deepest, _frames.Length));
        _depth = _deepest = _openKeys = 0;
    }

    private struct Frame(IPathPart owner, object? value)
    {
        public readonly IPathPart Owner = owner;
        public readonly object? Value = value;
        public int Position;
    }
}
