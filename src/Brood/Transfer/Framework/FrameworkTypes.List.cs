namespace Brood.Transfer;

internal static partial class FrameworkTypes
{
    // One type a line: how it crosses (Raw, Fields, Special, Open), its full name, its assembly if not the core library.
    // One text instead of a table of typeof: nothing is loaded before it is asked for.
    private const string List = """
        R System.Boolean
        R System.Byte
        R System.SByte
        R System.Char
        R System.Int16
        R System.UInt16
        R System.Int32
        R System.UInt32
        R System.Int64
        R System.UInt64
        R System.Single
        R System.Double
        R System.Decimal
        R System.Half
        R System.Int128
        R System.UInt128
        R System.Guid
        R System.DateTime
        R System.DateTimeOffset
        R System.DateOnly
        R System.TimeOnly
        R System.TimeSpan
        R System.Index
        R System.Range
        R System.Text.Rune
        R System.Numerics.Complex System.Runtime.Numerics
        R System.Numerics.Vector2
        R System.Numerics.Vector3
        R System.Numerics.Vector4
        R System.Numerics.Matrix3x2
        R System.Numerics.Matrix4x4
        R System.Numerics.Plane
        R System.Numerics.Quaternion
        R System.Drawing.Point System.Drawing.Primitives
        R System.Drawing.PointF System.Drawing.Primitives
        R System.Drawing.Size System.Drawing.Primitives
        R System.Drawing.SizeF System.Drawing.Primitives
        R System.Drawing.Rectangle System.Drawing.Primitives
        R System.Drawing.RectangleF System.Drawing.Primitives
        R System.Collections.Specialized.BitVector32 System.Collections.Specialized
        R System.DayOfWeek
        R System.DateTimeKind
        R System.StringComparison
        R System.TypeCode
        R System.ConsoleColor System.Console
        R System.Net.HttpStatusCode System.Net.Primitives
        R System.IO.FileAttributes
        R System.UriKind System.Private.Uri
        R System.Text.RegularExpressions.RegexOptions System.Text.RegularExpressions
        S System.Drawing.Color System.Drawing.Primitives
        F System.Nullable`1
        F System.ValueTuple
        F System.ValueTuple`1
        F System.ValueTuple`2
        F System.ValueTuple`3
        F System.ValueTuple`4
        F System.ValueTuple`5
        F System.ValueTuple`6
        F System.ValueTuple`7
        F System.ValueTuple`8
        F System.Tuple`1
        F System.Tuple`2
        F System.Tuple`3
        F System.Tuple`4
        F System.Tuple`5
        F System.Tuple`6
        F System.Tuple`7
        F System.Tuple`8
        F System.Collections.Generic.KeyValuePair`2
        F System.Collections.DictionaryEntry
        F System.Collections.ObjectModel.ReadOnlyCollection`1
        F System.Collections.ObjectModel.Collection`1
        F System.Collections.ObjectModel.ObservableCollection`1 System.ObjectModel
        F System.Collections.ObjectModel.KeyedCollection`2 System.ObjectModel
        F System.EventArgs
        F System.Attribute
        S System.String
        S System.Object
        S System.Type
        S System.Exception
        S System.DBNull
        S System.Lazy`1
        S System.Uri System.Private.Uri
        S System.Version
        S System.Memory`1
        S System.ReadOnlyMemory`1
        S System.ArraySegment`1
        S System.Buffers.ReadOnlySequence`1 System.Memory
        S System.Numerics.BigInteger System.Runtime.Numerics
        S System.Globalization.CultureInfo
        S System.TimeZoneInfo
        S System.Text.Encoding
        S System.Text.StringBuilder
        S System.Text.RegularExpressions.Regex System.Text.RegularExpressions
        S System.Text.Json.JsonElement System.Text.Json
        S System.Text.Json.JsonDocument System.Text.Json
        S System.Text.Json.Nodes.JsonNode System.Text.Json
        S System.Net.IPAddress System.Net.Primitives
        S System.Net.IPEndPoint System.Net.Primitives
        S System.IO.FileInfo
        S System.IO.DirectoryInfo
        S System.StringComparer
        S System.Collections.Comparer
        S System.Collections.Generic.Comparer`1
        S System.Collections.Generic.EqualityComparer`1
        S System.Collections.Generic.ReferenceEqualityComparer
        S System.Collections.BitArray
        S System.Collections.ArrayList
        S System.Collections.Hashtable
        S System.Collections.Queue System.Collections.NonGeneric
        S System.Collections.Stack System.Collections.NonGeneric
        S System.Collections.SortedList System.Collections.NonGeneric
        S System.Collections.Specialized.NameValueCollection System.Collections.Specialized
        S System.Collections.Specialized.ListDictionary System.Collections.Specialized
        S System.Collections.Specialized.HybridDictionary System.Collections.Specialized
        S System.Collections.Specialized.OrderedDictionary System.Collections.Specialized
        F System.Collections.Specialized.StringCollection System.Collections.Specialized
        F System.Collections.Specialized.StringDictionary System.Collections.Specialized
        S System.Collections.Generic.List`1
        S System.Collections.Generic.Dictionary`2
        S System.Collections.Generic.HashSet`1
        S System.Collections.Generic.Queue`1
        S System.Collections.Generic.Stack`1 System.Collections
        S System.Collections.Generic.LinkedList`1 System.Collections
        S System.Collections.Generic.SortedSet`1 System.Collections
        S System.Collections.Generic.SortedDictionary`2 System.Collections
        S System.Collections.Generic.SortedList`2 System.Collections
        S System.Collections.Generic.PriorityQueue`2 System.Collections
        S System.Collections.Generic.OrderedDictionary`2 System.Collections
        S System.Collections.Concurrent.ConcurrentDictionary`2 System.Collections.Concurrent
        S System.Collections.Concurrent.ConcurrentQueue`1
        S System.Collections.Concurrent.ConcurrentStack`1 System.Collections.Concurrent
        S System.Collections.Concurrent.ConcurrentBag`1 System.Collections.Concurrent
        S System.Collections.ObjectModel.ReadOnlyDictionary`2
        S System.Collections.ObjectModel.ReadOnlySet`1
        S System.Collections.Immutable.ImmutableArray`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableList`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableHashSet`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableSortedSet`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableQueue`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableStack`1 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableDictionary`2 System.Collections.Immutable
        S System.Collections.Immutable.ImmutableSortedDictionary`2 System.Collections.Immutable
        S System.Collections.Frozen.FrozenSet`1 System.Collections.Immutable
        S System.Collections.Frozen.FrozenDictionary`2 System.Collections.Immutable
        S System.Threading.CancellationToken
        O System.ValueType
        O System.Enum
        O System.Array
        O System.IComparable
        O System.IComparable`1
        O System.IEquatable`1
        O System.IFormattable
        O System.IConvertible
        O System.ICloneable
        O System.IProgress`1
        O System.Collections.IEnumerable
        O System.Collections.ICollection
        O System.Collections.IList
        O System.Collections.IDictionary
        O System.Collections.IComparer
        O System.Collections.IEqualityComparer
        O System.Collections.Generic.IEnumerable`1
        O System.Collections.Generic.ICollection`1
        O System.Collections.Generic.IList`1
        O System.Collections.Generic.IDictionary`2
        O System.Collections.Generic.ISet`1
        O System.Collections.Generic.IReadOnlyCollection`1
        O System.Collections.Generic.IReadOnlyList`1
        O System.Collections.Generic.IReadOnlyDictionary`2
        O System.Collections.Generic.IReadOnlySet`1
        O System.Collections.Generic.IComparer`1
        O System.Collections.Generic.IEqualityComparer`1
        O System.Runtime.CompilerServices.ITuple
        O System.Collections.Immutable.IImmutableList`1 System.Collections.Immutable
        O System.Collections.Immutable.IImmutableSet`1 System.Collections.Immutable
        O System.Collections.Immutable.IImmutableDictionary`2 System.Collections.Immutable
        """;
}
