"""The parts of PyTorch that refnet leaves out, each with its reason: the published list.

One of these names raises an AttributeError with the reason, one of the arguments a
NotImplementedError. docs/left-out.md is this list as a page, and a test compares the two.
"""

from fnmatch import fnmatchcase

_ONE_DEVICE = "refnet runs on the CPU, in NumPy"
_ONE_PROCESS = "refnet is one process"
_EAGER = "refnet runs plain Python; it compiles nothing"
_NUMBERED = "it takes the reduction as an internal number; use the function of nn.functional"
_FUNCTIONAL = "use the function of nn.functional, which has named options"
_COMPLEX = "refnet uses complex arrays for the complex step only (refnet.autograd.functional)"
_PRECISION = "refnet computes in float32 and float64"
_DENSE = "refnet's arrays are dense"
_SPECIAL = "a special function that NumPy lacks and networks rarely use"
_LINEAR_ALGEBRA = "networks rarely need it; NumPy has most of it, without gradients"
_MEMORY = "the memory is a NumPy array; use numpy()"
_DERIVATIVES = "use vjp, jvp, jacobian, hessian or hvp of refnet.autograd.functional"
_VMAP = "rules accept batches of any shape; refnet does not vectorise over other axes"

# By the name below refnet. A pattern is for PyTorch's other names: cuda.* for the rest of cuda.
LEFT_OUT: dict[str, str] = {
    "*Storage": _MEMORY,
    "*autocast*": _PRECISION,
    "*col_indices*": _DENSE,
    "*quantize*": _PRECISION,
    "*row_indices*": _DENSE,
    "BFloat16Tensor": _PRECISION,
    "GradScaler": _PRECISION,
    "Script*": _EAGER,
    "accelerator": _ONE_DEVICE,
    "alpha_dropout": _FUNCTIONAL,
    "alpha_dropout_": _FUNCTIONAL,
    "amp": _PRECISION,
    "angle": _COMPLEX,
    "ao": _PRECISION,
    "autocast": _PRECISION,
    "bfloat16": "NumPy has no bfloat16",
    "binary_cross_entropy_with_logits": _NUMBERED,
    "bits*": _PRECISION,
    "cdouble": _COMPLEX,
    "cfloat": _COMPLEX,
    "chain_matmul": _LINEAR_ALGEBRA,
    "chalf": _COMPLEX,
    "cholesky*": _LINEAR_ALGEBRA,
    "compile": _EAGER,
    "compiler": _EAGER,
    "complex": _COMPLEX,
    "complex32": _COMPLEX,
    "conj*": _COMPLEX,
    "cosine_embedding_loss": _NUMBERED,
    "ctc_loss": _NUMBERED,
    "cudnn_*": _ONE_DEVICE,
    "det": _LINEAR_ALGEBRA,
    "digamma": _SPECIAL,
    "digamma_": _SPECIAL,
    "distributed": _ONE_PROCESS,
    "dsmm": _DENSE,
    "eig": _LINEAR_ALGEBRA,
    "embedding": _FUNCTIONAL,
    "embedding_bag": _FUNCTIONAL,
    "erfc": _SPECIAL,
    "erfc_": _SPECIAL,
    "erfinv": _SPECIAL,
    "erfinv_": _SPECIAL,
    "export": _EAGER,
    "fbgemm_*": _PRECISION,
    "feature_alpha_dropout": _FUNCTIONAL,
    "feature_alpha_dropout_": _FUNCTIONAL,
    "feature_dropout": "use nn.functional.dropout1d, dropout2d or dropout3d",
    "feature_dropout_": "use nn.functional.dropout1d, dropout2d or dropout3d",
    "fft": "numpy.fft has the transforms, without gradients; refnet has complex arrays for the "
    "complex step only",
    "float4*": _PRECISION,
    "float8*": _PRECISION,
    "fork": _EAGER,
    "frobenius_norm": _LINEAR_ALGEBRA,
    "futures": _ONE_PROCESS,
    "fx": _EAGER,
    "geqrf": _LINEAR_ALGEBRA,
    "hinge_embedding_loss": _NUMBERED,
    "hsmm": _DENSE,
    "hspmm": _DENSE,
    "i0*": _SPECIAL,
    "igamma*": _SPECIAL,
    "imag": _COMPLEX,
    "indices_copy": _DENSE,
    "inference_mode": "use no_grad; refnet would have nothing to gain from another mode",
    "int[1-7]": _PRECISION,
    "int_repr": _PRECISION,
    "is_conj": _COMPLEX,
    "is_neg": _COMPLEX,
    "isreal": _COMPLEX,
    "istft": _COMPLEX,
    "jit": _EAGER,
    "kl_div": _NUMBERED,
    "lgamma": _SPECIAL,
    "lgamma_": _SPECIAL,
    "library": _EAGER,
    "lobpcg": _LINEAR_ALGEBRA,
    "logdet": _LINEAR_ALGEBRA,
    "lstsq": _LINEAR_ALGEBRA,
    "lu": _LINEAR_ALGEBRA,
    "lu_*": _LINEAR_ALGEBRA,
    "margin_ranking_loss": _NUMBERED,
    "matrix_power": _LINEAR_ALGEBRA,
    "matrix_rank": _LINEAR_ALGEBRA,
    "miopen_*": _ONE_DEVICE,
    "mkldnn_*": _ONE_DEVICE,
    "mps": _ONE_DEVICE,
    "mtia": _ONE_DEVICE,
    "multiprocessing": _ONE_PROCESS,
    "mvlgamma*": _SPECIAL,
    "nuclear_norm": _LINEAR_ALGEBRA,
    "onnx": "refnet is a reference, not an exporter",
    "orgqr": _LINEAR_ALGEBRA,
    "ormqr": _LINEAR_ALGEBRA,
    "pca_lowrank": _LINEAR_ALGEBRA,
    "per_channel_*": _PRECISION,
    "per_tensor_*": _PRECISION,
    "pinverse": _LINEAR_ALGEBRA,
    "poisson_nll_loss": _NUMBERED,
    "polar": _COMPLEX,
    "polygamma*": _SPECIAL,
    "q_*": _PRECISION,
    "qint*": _PRECISION,
    "qr": _LINEAR_ALGEBRA,
    "qscheme": _PRECISION,
    "quantization": _PRECISION,
    "quint*": _PRECISION,
    "real": _COMPLEX,
    "resolve_conj": _COMPLEX,
    "resolve_neg": _COMPLEX,
    "saddmm": _DENSE,
    "slogdet": _LINEAR_ALGEBRA,
    "smm": _DENSE,
    "sparse": _DENSE,
    "sparse_*": _DENSE,
    "sparse_coo_tensor": _DENSE,
    "special": _SPECIAL,
    "spmm": _DENSE,
    "sspaddmm": _DENSE,
    "stft": _COMPLEX,
    "storage": _MEMORY,
    "svd": _LINEAR_ALGEBRA,
    "svd_lowrank": _LINEAR_ALGEBRA,
    "sym_*": _EAGER,
    "symeig": _LINEAR_ALGEBRA,
    "triangular_solve": _LINEAR_ALGEBRA,
    "triplet_margin_loss": _NUMBERED,
    "uint[1-7]": _PRECISION,
    "values_copy": _DENSE,
    "view_as_*_copy": _COMPLEX,
    "view_as_complex": _COMPLEX,
    "view_as_real": _COMPLEX,
    "vmap": _VMAP,
    "wait": _EAGER,
    "xpu": _ONE_DEVICE,
    "Tensor.apply_": "it calls a Python function for each entry; use operations on whole tensors",
    "Tensor.bfloat16": "NumPy has no bfloat16",
    "Tensor.coalesce": _DENSE,
    "Tensor.dense_dim": _DENSE,
    "Tensor.indices": _DENSE,
    "Tensor.ipu": _ONE_DEVICE,
    "Tensor.is_coalesced": _DENSE,
    "Tensor.map_": "it calls a Python function for each entry; use operations on whole tensors",
    "Tensor.pin_memory": _ONE_DEVICE,
    "Tensor.record_stream": _ONE_DEVICE,
    "Tensor.resize_": "it changes the memory of every view; use reshape or new_empty",
    "Tensor.set_": "it exchanges the memory; assign to .data instead",
    "Tensor.share_memory_": _ONE_PROCESS,
    "Tensor.storage": _MEMORY,
    "Tensor.to_dense": _DENSE,
    "Tensor.to_mkldnn": _ONE_DEVICE,
    "Tensor.to_sparse": _DENSE,
    "Tensor.to_sparse_*": _DENSE,
    "Tensor.untyped_storage": _MEMORY,
    "Tensor.values": _DENSE,
    "backends.*": _ONE_DEVICE,
    "cuda.*": _ONE_DEVICE,
    "func.debug_unwrap": "refnet does not wrap tensors",
    "func.functionalize": _EAGER,
    "func.grad": _DERIVATIVES,
    "func.grad_and_value": _DERIVATIVES,
    "func.hessian": _DERIVATIVES,
    "func.jacfwd": _DERIVATIVES,
    "func.jacrev": _DERIVATIVES,
    "func.jvp": _DERIVATIVES,
    "func.linearize": _DERIVATIVES,
    "func.rearrange": "it belongs to another package, einops",
    "func.replace_all_batch_norm_modules_": "it prepares a model for vmap",
    "func.stack_module_state": "it prepares models for vmap",
    "func.vjp": _DERIVATIVES,
    "func.vmap": _VMAP,
    "linalg.*": _LINEAR_ALGEBRA,
    "nn.Container": "PyTorch deprecates it; use a Module",
    "nn.CrossMapLRN2d": "an older form of LocalResponseNorm; channel 0 never leaves its sum",
    "nn.Module.bfloat16": "NumPy has no bfloat16",
    "nn.Module.compile": _EAGER,
    "nn.Module.ipu": _ONE_DEVICE,
    "nn.Module.mtia": _ONE_DEVICE,
    "nn.Module.register_backward_hook": "PyTorch deprecates it; use register_full_backward_hook",
    "nn.Module.share_memory": _ONE_PROCESS,
    "nn.Module.to_empty": "it moves a module to another device, and refnet has only one",
    "nn.Module.xpu": _ONE_DEVICE,
    "nn.SyncBatchNorm": _ONE_PROCESS,
    "nn.factory_kwargs": "a helper of PyTorch's own constructors",
    "nn.functional.ScalingType": _PRECISION,
    "nn.functional.SwizzleType": _PRECISION,
    "nn.functional.assert_int_or_pair": "a helper of PyTorch's own functions",
    "nn.functional.grouped_mm": _PRECISION,
    "nn.functional.scaled_grouped_mm": _PRECISION,
    "nn.functional.scaled_mm": _PRECISION,
    "nn.intrinsic": _PRECISION,
    "nn.parallel.*": _ONE_PROCESS,
    "nn.qat": _PRECISION,
    "nn.quantizable": _PRECISION,
    "nn.quantized": _PRECISION,
    "nn.utils.prune": "write the mask of a weight as a parametrization: nn.utils.parametrize",
    "optim.SparseAdam": "it is for sparse gradients, and refnet's arrays are dense; use Adam",
    "optim.swap_in_optimizer_params_and_state": _EAGER,
    "utils.data.*DataPipe*": "PyTorch deprecates data pipes; use a Dataset or an IterableDataset",
    "utils.data.DistributedSampler": _ONE_PROCESS,
    "utils.data.IterDataPipe": "PyTorch deprecates data pipes; use an IterableDataset",
    "utils.data.MapDataPipe": "PyTorch deprecates data pipes; use a Dataset",
}

# Arguments of PyTorch's functions and layers that raise a NotImplementedError.
ARGUMENTS: dict[str, str] = {
    "sparse": "refnet's arrays are dense, and so are its gradients",
    "sparse_grad": "refnet's arrays are dense, and so are its gradients",
}


def refuse_argument(function: str, name: str) -> NotImplementedError:
    """Returns the error for an argument that is left out."""
    return NotImplementedError(f"{function}(): {name} is left out of refnet: {ARGUMENTS[name]}")


def reason(path: str, *, in_pytorch: bool) -> str | None:
    """Returns why a name below refnet is left out, or None.

    Patterns apply to PyTorch's names only. The reason for a function is also that for the method of
    this name.
    """
    for name in (path, path.removeprefix("Tensor.")):
        if name in LEFT_OUT:
            return LEFT_OUT[name]
        for pattern, why in LEFT_OUT.items():
            if in_pytorch and fnmatchcase(name, pattern):
                return why
    return None


def page() -> str:
    """Returns the list as a page, docs/left-out.md."""
    rows = "".join(f"| `{name}` | {reason} |\n" for name, reason in LEFT_OUT.items())
    return f"""# What refnet leaves out of PyTorch, and why

One of these names raises an error that gives the reason. refnet has all other names of `torch.nn`,
its submodules and `torch.optim`: `parity_tests/test_left_out.py` fails for a name that is neither
in refnet nor in this list. A name with * or [...] is a pattern: it is for all of PyTorch's names
that match it and that refnet lacks. The reason for a function is also that for the method of
`Tensor`.

| name | reason |
| --- | --- |
{rows}"""
