"""refnet: TEMPORARY __init__ (lead replaces it)"""
from refnet import dtypes, ops, tape
from refnet.dtypes import *
from refnet.dtypes import dtype, float32, float64, int64, int32, uint8, int8, int16, bool, float16, complex128, long, double, half, float, int, short, get_default_dtype, set_default_dtype, result_type
from refnet.tensor import Tensor, Size, device
from refnet.tape import no_grad, enable_grad, set_grad_enabled, is_grad_enabled
from refnet import _temp_attach
globals().update({k: v for k, v in _temp_attach.NAMES.items()})
from refnet.ops.rule import NotAnalyticError
try:
    from refnet import autograd
except ModuleNotFoundError: pass
for _m in ("random", "nn", "optim"):
    try:
        import importlib; importlib.import_module("refnet." + _m)
    except ModuleNotFoundError as _e:
        if "refnet." + _m not in str(_e): raise
try:
    from refnet.random import manual_seed, Generator, default_generator
except ImportError: pass
