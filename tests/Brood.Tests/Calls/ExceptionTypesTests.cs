using System.ComponentModel;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.Json;

using Brood.Transfer;

namespace Brood.Calls;

public class ExceptionTypesTests
{
    [Theory]
    [InlineData(typeof(Win32Exception))]
    [InlineData(typeof(HttpIOException))]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(SocketException))]
    [InlineData(typeof(System.Net.WebSockets.WebSocketException))]
    [InlineData(typeof(JsonException))]
    [InlineData(typeof(System.Text.RegularExpressions.RegexMatchTimeoutException))]
    [InlineData(typeof(System.Text.RegularExpressions.RegexParseException))]
    [InlineData(typeof(System.Xml.XmlException))]
    public void The_well_known_exceptions_are_known_by_their_right_names(Type type) =>
        Assert.Equal(type, ExceptionTypes.WellKnown(type.FullName!));

    [Theory]
    [InlineData("System.Private.CoreLib", "System.String")]
    [InlineData("System.Private.CoreLib", "System.Exception[]")]
    [InlineData("System.Private.CoreLib", "System.Collections.Generic.List`1[[Evil.Type, Evil]]")]
    [InlineData("System.Private.CoreLib", "System.Exception, Evil")]
    [InlineData("System.Private.CoreLib", "System.SystemException&")]
    [InlineData("Evil", "Evil.Exception")]
    [InlineData("Microsoft.VisualBasic.Core", "Microsoft.VisualBasic.FileIO.MalformedLineException")]
    [InlineData("", "")]
    public void A_worker_cannot_name_a_type_outside_the_closed_set(string assembly, string name)
    {
        List<string> loaded = [];
        AssemblyLoadEventHandler record = (_, e) => loaded.Add(e.LoadedAssembly.FullName!);
        AppDomain.CurrentDomain.AssemblyLoad += record;
        ResolveEventHandler resolve = (_, e) =>
        {
            loaded.Add(e.Name);
            return null;
        };
        AppDomain.CurrentDomain.AssemblyResolve += resolve;
        try
        {
            TransferWriter writer = new();
            writer.WriteByte(0);
            writer.WriteText(assembly);
            writer.WriteText(name);
            writer.WriteVarint(0);
            TransferReader reader = new(writer.Inline, null, null, TypePolicy.Default);
            Assert.Null(ExceptionTypes.ReadException(ref reader));
            Assert.DoesNotContain(loaded, one => one.Contains("Evil") || one.Contains("VisualBasic"));
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyLoad -= record;
            AppDomain.CurrentDomain.AssemblyResolve -= resolve;
        }
    }
}
