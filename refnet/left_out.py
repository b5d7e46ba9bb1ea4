"""What refnet leaves out of PyTorch, each with its reason: the published list.

Asking for one of these names is an AttributeError that gives the reason, using one of the arguments a
NotImplementedError. docs/left-out.md is this list as a page, and a test sees that it is.
"""

from collections.abc import Callable
from typing import Any

_ONE_DEVICE = "refnet runs on the CPU, in NumPy"
_ONE_PROCESS = "refnet is one process"
_EAGER = "refnet runs Python as it stands; there is nothing to compile"
_NUMBERED = "it takes its reduction as one of PyTorch's internal numbers; use nn.functional's"
_FUNCTIONAL = "nn.functional has it, with its options by name"
_COMPLEX = "refnet keeps complex arrays for the complex step (refnet.autograd.functional)"
_PRECISION = "refnet computes in float32 and float64"
_DENSE = "refnet's arrays are dense"
_LAYOUT = "arrays have strides, and no memory format besides"
_SPECIAL = "a special function that NumPy lacks, and networks do without"
_DERIVATIVES = "refnet.autograd.functional has vjp, jvp, jacobian, hessian and hvp"

# By the name below refnet; .* is whatever else a module has in PyTorch.
LEFT_OUT: dict[str, str] = {
    "alpha_dropout": _FUNCTIONAL,
    "amp": _PRECISION,
    "angle": _COMPLEX,
    "ao": _PRECISION,
    "autocast": _PRECISION,
    "bfloat16": "NumPy has no bfloat16",
    "binary_cross_entropy_with_logits": _NUMBERED,
    "compile": _EAGER,
    "complex": _COMPLEX,
    "cosine_embedding_loss": _NUMBERED,
    "ctc_loss": _NUMBERED,
    "digamma": _SPECIAL,
    "distributed": _ONE_PROCESS,
    "embedding": _FUNCTIONAL,
    "embedding_bag": _FUNCTIONAL,
    "erfc": _SPECIAL,
    "erfinv": _SPECIAL,
    "feature_alpha_dropout": _FUNCTIONAL,
    "feature_dropout": "nn.functional.dropout1d, dropout2d and dropout3d do it",
    "fft": _COMPLEX,
    "fx": _EAGER,
    "hinge_embedding_loss": _NUMBERED,
    "inference_mode": "no_grad does what it is for; refnet has no further mode",
    "jit": _EAGER,
    "kl_div": _NUMBERED,
    "lgamma": _SPECIAL,
    "margin_ranking_loss": _NUMBERED,
    "mps": _ONE_DEVICE,
    "multiprocessing": _ONE_PROCESS,
    "onnx": "refnet is a reference, not an exporter",
    "poisson_nll_loss": _NUMBERED,
    "polar": _COMPLEX,
    "quantization": _PRECISION,
    "sparse": _DENSE,
    "sparse_coo_tensor": _DENSE,
    "special": _SPECIAL,
    "stft": _COMPLEX,
    "triplet_margin_loss": _NUMBERED,
    "view_as_complex": _COMPLEX,
    "view_as_real": _COMPLEX,
    "xpu": _ONE_DEVICE,
    "Tensor.apply_": "it calls a Python function for each entry; use operations on all of them",
    "Tensor.bfloat16": "NumPy has no bfloat16",
    "Tensor.map_": "it calls a Python function for each entry; use operations on all of them",
    "Tensor.pin_memory": _ONE_DEVICE,
    "Tensor.resize_": "it changes the memory of every view; use reshape, or new_empty",
    "Tensor.set_": "it exchanges the memory; assign to .data",
    "Tensor.share_memory_": _ONE_PROCESS,
    "Tensor.storage": "the memory is a NumPy array: numpy()",
    "Tensor.to_sparse": _DENSE,
    "Tensor.untyped_storage": "the memory is a NumPy array: numpy()",
    "cuda.*": _ONE_DEVICE,
    "func.debug_unwrap": "refnet wraps no tensors",
    "func.functionalize": _EAGER,
    "func.grad": _DERIVATIVES,
    "func.grad_and_value": _DERIVATIVES,
    "func.hessian": _DERIVATIVES,
    "func.jacfwd": _DERIVATIVES,
    "func.jacrev": _DERIVATIVES,
    "func.jvp": _DERIVATIVES,
    "func.linearize": _DERIVATIVES,
    "func.rearrange": "it is einops', another package's",
    "func.replace_all_batch_norm_modules_": "it prepares a model for vmap",
    "func.stack_module_state": "it prepares models for vmap",
    "func.vjp": _DERIVATIVES,
    "func.vmap": "rules take batches of any shape; there is nothing that vectorises them over another axis",
    "linalg.*": "networks seldom need it; NumPy has most of it, without gradients",
    "nn.Container": "PyTorch deprecates it; it is a Module whose children are keyword arguments",
    "nn.CrossMapLRN2d": "an older form of LocalResponseNorm, in which channel 0 never leaves the sum",
    "nn.SyncBatchNorm": _ONE_PROCESS,
    "nn.factory_kwargs": "a helper of PyTorch's own constructors",
    "nn.intrinsic": _PRECISION,
    "nn.qat": _PRECISION,
    "nn.quantizable": _PRECISION,
    "nn.quantized": _PRECISION,
    "nn.Module.bfloat16": "NumPy has no bfloat16",
    "nn.Module.compile": _EAGER,
    "nn.Module.ipu": _ONE_DEVICE,
    "nn.Module.mtia": _ONE_DEVICE,
    "nn.Module.register_backward_hook": "PyTorch deprecates it; use register_full_backward_hook",
    "nn.Module.share_memory": _ONE_PROCESS,
    "nn.Module.to_empty": "refnet has one device, to which nothing has to be moved",
    "nn.Module.xpu": _ONE_DEVICE,
    "nn.functional.ScalingType": _PRECISION,
    "nn.functional.SwizzleType": _PRECISION,
    "nn.functional.assert_int_or_pair": "a helper of PyTorch's own functions",
    "nn.functional.grouped_mm": _PRECISION,
    "nn.functional.scaled_grouped_mm": _PRECISION,
    "nn.functional.scaled_mm": _PRECISION,
    "nn.utils.convert_conv2d_weight_memory_format": _LAYOUT,
    "nn.utils.convert_conv3d_weight_memory_format": _LAYOUT,
    "nn.utils.memory_format": _LAYOUT,
    "nn.utils.prune": "a mask on a weight is a parametrization of three lines: nn.utils.parametrize",
    "optim.SparseAdam": "it is for sparse gradients, and refnet's arrays are dense; take Adam",
    "optim.swap_in_optimizer_params_and_state": _EAGER,
    "utils.data.DistributedSampler": _ONE_PROCESS,
    "utils.data.IterDataPipe": "PyTorch itself leaves data pipes behind; take an IterableDataset",
    "utils.data.MapDataPipe": "PyTorch itself leaves data pipes behind; take a Dataset",
}

# Arguments that PyTorch's functions and layers have and whose use is a NotImplementedError.
ARGUMENTS: dict[str, str] = {
    "sparse": "refnet's arrays are dense, and so are its gradients",
}


def refuse_argument(function: str, name: str) -> NotImplementedError:
    """The error for an argument that is left out."""
    return NotImplementedError(f"{function}(): {name} is left out of refnet: {ARGUMENTS[name]}")


def explain(module: str, name: str) -> AttributeError:
    """The error for a name that a module does not have."""
    path = f"{module}.".removeprefix("refnet.")
    reason = LEFT_OUT.get(path + name, LEFT_OUT.get(path + "*"))
    if reason is not None:
        return AttributeError(f"{module}.{name} is left out of refnet: {reason}")
    return AttributeError(f"module {module!r} has no attribute {name!r}")


def explain_attribute(owner: object, cls: str, name: str) -> AttributeError:
    """The error for an attribute that an instance of refnet's class does not have."""
    reason = LEFT_OUT.get(f"{cls}.{name}")
    why = "" if reason is None else f": {reason}"
    return AttributeError(f"'{type(owner).__name__}' object has no attribute '{name}'{why}")


def explains(module: str) -> Callable[[str], Any]:
    """The __getattr__ of a module: it raises the error for the name."""

    def missing(name: str) -> Any:
        raise explain(module, name)

    return missing


def page() -> str:
    """The list as a page, docs/left-out.md."""
    rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in LEFT_OUT.items())
    return f"""# What refnet leaves out of PyTorch, and why

Asking for one of these names is an error that gives the reason. Whatever else `torch.nn`, its submodules
and `torch.optim` have, refnet has too: `parity_tests/test_left_out.py` fails for a name that is neither
there nor here.

| name | reason |
| --- | --- |
{rows}"""
