# TEMPORARY (lead): attaches whatever refnet.functions holds so far; replaced by an explicit table soon.
import importlib, inspect
from refnet.tensor import Tensor
import refnet.tensor as _t
NAMES = {}
for m in "elementwise activation reduction shape linalg creation comparison indexing random".split():
    try:
        mod = importlib.import_module("refnet.functions." + m)
    except ModuleNotFoundError as e:
        if "refnet.functions." + m not in str(e): raise
        continue
    if m == "shape": _t.shape = mod
    for n in getattr(mod, "__all__", [k for k in vars(mod) if not k.startswith("_")]):
        f = getattr(mod, n)
        if inspect.isfunction(f):
            NAMES[n] = f
            if not hasattr(Tensor, n): setattr(Tensor, n, f)
from refnet.functions import elementwise as _e
for _n in ('rsub','rdiv','rpow','rfloordiv'):
    if hasattr(_e,_n): NAMES[_n]=getattr(_e,_n)
D = dict(__add__="add", __radd__="add", __sub__="sub", __rsub__="rsub", __mul__="mul", __rmul__="mul", __truediv__="div", __rtruediv__="rdiv",
  __pow__="pow", __rpow__="rpow", __neg__="neg", __abs__="abs", __matmul__="matmul", __rmatmul__="rmatmul", __iadd__="add_", __isub__="sub_", __imul__="mul_", __itruediv__="div_",
  __ipow__="pow_", __floordiv__="floor_divide", __mod__="remainder", __eq__="eq", __ne__="ne", __lt__="lt", __le__="le", __gt__="gt", __ge__="ge", __and__="bitwise_and", __or__="bitwise_or", __xor__="bitwise_xor", __invert__="bitwise_not",
  __getitem__="getitem", __setitem__="setitem")
for d, ns in D.items():
    for n in ns.split():
        if n in NAMES: setattr(Tensor, d, NAMES[n])
if "t" in NAMES: Tensor.T = property(NAMES["t"])
if "transpose" in NAMES: Tensor.mT = property(lambda x: NAMES["transpose"](x, -2, -1))
