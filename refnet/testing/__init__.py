"""Checks for rules and layers, also for your own.

`check_pullback` needs only NumPy. `refnet.testing.parity.assert_parity` compares with PyTorch and
has to be imported from there.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.testing.oracles import Checked as Checked, check_pullback as check_pullback

_mirror(__name__, exports=True)
