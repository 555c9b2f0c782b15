using System.ComponentModel;
using Brood.Memory;

namespace Brood.Channel;

public class BulkSenderTests
{
    [Fact]
    public void Where_address_space_is_short_the_value_is_refused_and_a_later_one_may_fit()
    {
        int tries = 0;
        using var sender = new BulkSender(
            () => tries++ == 0 ? throw new Win32Exception(12, "no room (mmap)") : SharedRegion.Allocate(1 << 20), static _ => { });
        TransferException refused = Assert.Throws<TransferException>(() => sender.Write(new byte[3000]));
        Assert.Contains("16 GiB of address space", refused.Message);
        Assert.Contains("no room (mmap)", refused.Message);
        Assert.Contains("ulimit -v", refused.Message);
        Assert.Equal(0, sender.Write(new byte[3000]));
    }
}
