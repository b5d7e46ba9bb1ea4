"""Checks for rules and layers, yours too: `check_pullback` needs NumPy alone, and
`refnet.testing.parity.assert_parity` compares with PyTorch (import it from there)."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.testing.oracles import Checked as Checked, check_pullback as check_pullback

_mirror(__name__, exports=True)
