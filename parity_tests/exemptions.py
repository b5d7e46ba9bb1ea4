"""What the suite leaves out, with reasons. An entry that is no longer needed fails the suite."""

from parity_tests.versions import reached

# Public names (patterns of fnmatch) without a case.
NAMES: dict[str, str] = {
    "as_torch": "test_model_files.py runs whole files under it",
    "draw": "PyTorch draws no graphs; tests/test_diagram.py has it",
    "NotAnalyticError": "refnet's own error (tests/)",
    "linalg.LinAlgError": "an error that cases raise",
    "memory_format": "users do not construct memory formats",
    "Tensor.__getattr__": "raises the error for names that are left out (tests/)",
    "Tensor.__copy__": "test_copies.py calls copy.copy",
    "Tensor.__reduce_ex__": "test_copies.py calls pickle",
    "Tensor.cuda": "raises in both, but PyTorch's error depends on its build",
}

# Parameters, "name(parameter)" (patterns), that no case gives a value other than the default.
_REFUSED = "only the default is supported; tests/ has the errors"
_NO_DEVICE = "there is no device to copy to or wait for"
PARAMETERS: dict[str, str] = {
    "autograd.functional.*(create_graph)": _REFUSED,
    "*(create_graph)": "test_second_derivatives.py has it",
    "autograd.backward(grad_variables)": _REFUSED,
    "autograd.grad(is_grads_batched)": _REFUSED,
    "autograd.grad(only_inputs)": _REFUSED,
    "optim.*(differentiable)": _REFUSED,
    "load(pickle_module)": _REFUSED,
    "load(mmap)": _REFUSED,
    "*(non_blocking)": _NO_DEVICE,
    "*(pin_memory)": _NO_DEVICE,
    "*(sparse)": _REFUSED,
    "*(sparse_grad)": _REFUSED,
    "Tensor.view(dtype)": _REFUSED,
    "nn.DataParallel(*)": "there are no devices to share a batch among",
    "nn.parallel.data_parallel(*)": "it always raises",
    "*(sorted)": "PyTorch does not specify the order with sorted=False",
    "Tensor.__array__(copy)": "NumPy 2 passes it; PyTorch does not have it yet",
    "Tensor.__array_wrap__(*)": "NumPy 2 passes them; PyTorch does not take them yet",
}

# Rules that no case runs: "rule" forward, "rule backward" for the pullback.
RULES: dict[str, str] = {}

# Public names whose signature is not PyTorch's.
SIGNATURES: dict[str, str] = {
    "Tensor.__*": "operators; their parameters are never passed by name",
    "Tensor.split": "the same function as split, where it is called split_size_or_sections",
    "*norm": "no out=, and no dtype=: cast the input",
    "tensordot": "no out=",
    "dtype": "users do not construct dtypes",
    "layout": "users do not construct layouts",
    "memory_format": "users do not construct memory formats",
    "utils.checkpoint.*": "PyTorch's other parameters select and check its ways to recompute",
    "save": "refnet writes no pickles",
    "load": "refnet does not load pickles",
    "serialization.load": "the same function",
    "serialization.save": "the same function",
    "utils.data*random_split": "the default generator is the same, but its repr differs",
    "random.fork_rng": "PyTorch's other parameters are private",
}

# Public names whose arguments have another order or other names than in PyTorch's schemas.
PLACES: dict[str, str] = {
    "*split": "one documented parameter for two overloads: a number or a list",
    "Tensor.uniform_": "`from` is a keyword of Python",
}

# Cases (patterns of their keys) whose graph PyTorch can walk a second time, and refnet cannot.
_NOTHING = "PyTorch saves nothing for an empty batch"
SECOND_WALKS: dict[str, str] = {
    "resampling/nn.functional.affine_grid/*": "refnet multiplies with matmul, which saves the grid",
    "elementwise/remainder/*": "PyTorch saves the divisor only if it requires a gradient",
    "attention/nn.functional.scaled_dot_product_attention/*": _NOTHING,
    "linear_cross_entropy/*": "with allow_retain_graph=True PyTorch frees nothing",
}

# Cases whose second derivatives differ from PyTorch's.
_SINGULAR = "at a singular point, such as 0, ±1 or ∞, one is NaN or infinite and the other is not"
_KINK = "at a kink the two take the derivative of other sides"
_NOISE = "the derivative is 0, and both have rounding noise of up to 5e-10"
_ENDS = "at probabilities of 0 and 1 the bounds of the logarithm are far from differentiable"
SECOND_DERIVATIVES: dict[str, str] = {
    "linear_cross_entropy/*": "PyTorch does not record the gradient",
    "*weight_norm/*": "PyTorch's second derivative is wrong: test_weight_norm has central differences",
    "adaptive_softmax/*": "for no examples the mean's derivative is NaN, and PyTorch's is 0",
    "embedding/*": "with scale_grad_by_freq PyTorch forgets the scale in the second derivative",
    "pointwise/nn.functional.prelu/*": "at 0 PyTorch's second derivative takes another side than its "
    "gradient",
    "pointwise/nn.PReLU/*": "as prelu",
    "pointwise/nn.functional.hardswish/*": _SINGULAR,
    "resampling/nn.functional.grid_sample/*": _KINK,
    "reduction/norm/*": _SINGULAR,
    "reduction/std/*": _SINGULAR,
    "parts/*": _SINGULAR,
    "trigonometric/*": _SINGULAR,
    "logarithmic/*": _SINGULAR,
    "elementwise/pow/*": _SINGULAR,
    "loss/nn.functional.mse_loss/*": _SINGULAR,
    "regression_loss/*": "at NaN PyTorch's second derivative is 0",
    "*binary_cross_entropy/*": _ENDS,
    "nn/nn.BCELoss/*": _ENDS,
    "wide_ranges/*": "values with an offset of 1e5: the two differ by up to 2e-10 of the largest entry",
    "normalization/nn.functional.layer_norm/*": _NOISE,
    "distance/cosine_similarity/*": _NOISE,
    "placing/scatter_reduce/*": "for a product with two zeros refnet's second derivative is 0",
}

# Mutants that are equivalent: (rule, mutant) as test_mutants.py names them.
_CONSTANT = "a constant added to x changes nothing: the gradient's mean along dim is 0 anyway"
_LOGITS = "a constant added to all logits changes nothing: the means of W̄ and b̄ are 0 anyway"
MUTANTS: dict[tuple[str, str], str] = {
    ("softmax", "gradient 0 lost its mean"): _CONSTANT,
    ("log_softmax", "gradient 0 lost its mean"): _CONSTANT,
    ("var", "gradient 0 lost its mean"): _CONSTANT,
    ("std", "gradient 0 lost its mean"): _CONSTANT,
    ("batch_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("group_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("layer_norm", "gradient 0 lost its mean"): _CONSTANT,
    ("attention", "gradient 1 lost its mean"): "a constant added to all keys changes nothing",
    ("attention", "gradient 3 lost its mean"): _CONSTANT,
    ("linear_cross_entropy", "gradient 1 lost its mean"): _LOGITS,
    ("linear_cross_entropy", "gradient 2 lost its mean"): _LOGITS,
    ("softmax", "cotangent lost its mean"): "the outputs sum to 1, so a constant cotangent gives 0",
    **{
        ("read_window", mutant): "only the kernel's gradient is used: the definition makes the view"
        for mutant in ("value × 1.0001 (or + 1, or negated)", "value is float64 for float32")
    },
    **{
        (rule, mutant): "its gradient is 0 for every cotangent"
        for rule in ("drawn", "div_floor", "div_trunc", "ceil", "floor", "round", "sign", "trunc")
        for mutant in ("cotangent taken for ones", "cotangent lost its mean")
    },
}

# Public names that PyTorch does not have.
OWN: dict[str, str] = {
    "*as_torch": "PyTorch does not need it",
    "draw": "PyTorch draws no graphs",
    "nn.attention.*": "PyTorch uses this module's name for other things",
    "optim.surface.*": "the cases write their twins in PyTorch",
    "nn.utils.clip_grad.*": "PyTorch has them in nn.utils, and other names in this file",
    "nn.utils.spectral_norm.*": "in nn.utils of both, the function of this name hides the file",
    "nn.utils.weight_norm.*": "in nn.utils of both, the function of this name hides the file",
    "NotAnalyticError": "PyTorch has no complex step",
    "Tensor.__getattr__": "raises the error for names that are left out",
    "Tensor.__copy__": "PyTorch's copy.copy goes through __reduce_ex__",
    "nn.BipolarSigmoid": "the lecture notes' activation; its twin in the cases is tanh(x/2)",
    "nn.functional.bipolar_sigmoid": "the lecture notes' activation; its twin is tanh(x/2)",
}

# Rules that Hypothesis does not draw (test_properties.py).
STRATEGIES: dict[str, str] = {
    "cast": "it changes the dtype, which check_pullback takes for an error: it has cases",
    "drawn": "it returns random numbers, which have no inputs: it has cases",
    "floor_divide": "it has no derivative, as in PyTorch: it has cases",
    "heaviside": "it has no derivative, as in PyTorch: it has cases",
    "zero_norm": "it counts, and has no gradient: it has cases",
}

# Inputs that get no NaN and no infinities (test_cases.py): by the reason, "name@input" (patterns).
SPECIAL: dict[str, str] = {
    "PyTorch crashes in some modes; cases/resampling.py has the others": (
        "nn.functional.grid_sample@1"
    ),
    "the complex step needs finite numbers and no kinks": "autograd.functional.*@*",
    "whether the zeros around an image meet an infinite cotangent depends on PyTorch's kernel": (
        "nn.grad.conv?d_weight@*"
    ),
    "refnet refuses random numbers outside [0, 1], PyTorch does not check": "nn.*ractional*@1",
    "the sequence has to be sorted": "searchsorted@0",
    "LAPACK's elimination with NaN or infinite pivots": "linalg.inv@0 linalg.solve@0",
    "PyTorch does not specify the order of equal entries": "topk@0",
    "labels are integers": "nn.functional.ctc_loss@1",
    "in evaluation PyTorch's fused path loses the NaN of a query and does not add floating-point masks": (
        "nn.TransformerEncoder*@*"
    ),
}

# Inputs for which the order of sums and products decides whether ∞ − ∞ and 0 · ∞ arise. For them an
# infinity counts as NaN (test_cases.py). By the reason, "name@input" (patterns).
ORDER: dict[str, str] = {
    "products of three": "einsum@* nn.Bilinear@* nn.functional.bilinear@*",
    "products of parameters and sums, in another order": (
        "func.functional_call@* nn.functional.group_norm@1 nn.functional.instance_norm@* "
        "nn.functional.layer_norm@1"
    ),
    "an infinite target or weight, beside an infinite logarithm": (
        "nn.functional.binary_cross_entropy_with_logits@[123] nn.BCEWithLogitsLoss@[123]"
    ),
    "an axis that keeps its size is not resampled; PyTorch adds 0 · ∞": "nn.functional.interpolate@0",
    "PyTorch's conv_tbc leaves out the zeros around a sequence": "nn.functional.conv_tbc@1",
    "the gradient adds the partial products in another order": "cumprod@0 Tensor.cumprod_@0",
    "PyTorch updates the mean entry by entry, with differences": "std_mean@0 var_mean@0",
    "averages and moments: there are several ways to write θ + (x − θ) c": (
        "optim.Adafactor@* optim.RAdam@* optim.swa_utils.*@*"
    ),
}

# Functions that work entry by entry, but whose errors are only compared with the largest entry
# (test_cases.py): by the reason, patterns.
ENTRIES: dict[str, str] = {
    "γ x̂ + β cancels near 0: 7.5 ulp of an entry where 3.6 are allowed (LazyBatchNorm3d)": (
        "nn.*Norm?d nn.functional.*_norm"
    ),
    "1 + erf(x/√2) loses all digits at x = −7.5, in PyTorch too; 4.4 ulp for 3.8 in randn": (
        "nn.functional.gelu nn.GELU"
    ),
    "x − tanh x cancels near 0: the gradient at 1e-30 has no digit, in PyTorch too": (
        "nn.functional.tanhshrink"
    ),
    "e^x − t cancels where both are equal: 11 ulp of an entry where 7.2 are allowed": (
        "nn.functional.poisson_nll_loss"
    ),
    "one entry outweighs the others, so it looks like a function of each entry: 10.3 ulp for 3.3": (
        "nn.functional.softmax"
    ),
}

# Inputs with which PyTorch may crash: "name kind@input" of test_refusals.py, "name empty ..." of
# test_empty.py (patterns).
CRASHES: dict[str, str] = {
    "nn.functional.embedding_bag no_*@[23]": "a segmentation fault",
    "nn.EmbeddingBag one_column@1": "a segmentation fault",
    "nn.functional.scaled_dot_product_attention no_rows@1": "the process ends with a division by zero",
    "nn.LSTM *@2": "a segmentation fault for some shapes of c",
    "nn.grad.* *": "oneDNN does not check the shape of ȳ: sometimes a segmentation fault",
    "take_along_dim *@0": "PyTorch reads beyond the end of the input",
    "nn.EmbeddingBag empty *": "a segmentation fault",
    "nn.functional.embedding_bag empty *": "a segmentation fault",
    "*pdist empty *": "a segmentation fault",
    "nn.Multi*MarginLoss empty n=5": "without classes PyTorch returns uninitialised memory",
    "nn.functional.multi*_margin_loss empty n=5": "without classes PyTorch returns uninitialised memory",
}

# Where PyTorch and refnet differ in what they refuse: by the reason, the public names and their
# spoilt inputs, "kind@input" of test_refusals.py.
REFUSALS: dict[str, dict[str, str]] = {
    "refnet raises a TypeError for a non-tensor; PyTorch fails later with another error": {
        "autograd.backward": "float@1",
        "autograd.grad": "float@1",
        "nn.Transformer": "float@2 list@2 str@2",
        "nn.TransformerEncoder": "float@1 list@1 str@1",
        "nn.TransformerEncoderLayer": "float@1 list@1 str@1",
        "nn.utils.get_total_norm": "None@1",
        "nn.utils.rnn.pack_padded_sequence": "float@1",
    },
    "a number in place of a tensor, which PyTorch's arithmetic happens to accept": {
        "nn.MultiLabelSoftMarginLoss": "float@1",
        "nn.functional.multilabel_soft_margin_loss": "float@1",
        "nn.functional.normalize": "float@1",
    },
    "`1.5 @ x` is a TypeError in both; PyTorch's method returns NotImplemented first": {
        "Tensor.__rmatmul__": "float@0",
    },
    "Python's operators and assignments accept arrays": {
        "Tensor.__matmul__": "array@0 array@1",
        "Tensor.__setitem__": "array@1 array@2",
        "autograd.grad": "array@1",
        "nn.ParameterDict": "array@0",
        "nn.ParameterList": "array@0",
        "nn.RNNBase": "array@0",
        "nn.RNNCellBase": "array@0",
        "optim.swa_utils.get_ema_avg_fn": "array@0",
        "optim.swa_utils.get_swa_avg_fn": "array@0 array@1",
    },
    "refnet needs a tensor; PyTorch's loop also accepts an array": {
        "nn.utils.rnn.unpad_sequence": "array@0",
    },
    "the case passes x.dtype, and refnet accepts NumPy's dtypes": {
        "inverse": "array@0",
        "linalg.inv": "array@0",
        "linalg.solve": "array@0",
        "sum": "array@1",
    },
    "NumPy returns 0-d results as numbers, which PyTorch does not wrap": {
        "Tensor.__array_wrap__": "0d@0",
    },
    "None means that an argument is not given, and a number is taken for a tensor": {
        "clamp": "float@1 float@2",
        "max": "None@1",
        "min": "None@1",
        "nn.utils.fuse_conv_bn_weights": "float@1",
        "nn.utils.fuse_linear_bn_weights": "None@3 None@4 float@1",
        "trapezoid": "None@1",
    },
    "PyTorch refuses a value that requires a gradient where the result is an integer": {
        "Tensor.index_fill_": "bool@0 int32@0 int64@0",
        "diagonal_scatter": "bool@0 int32@0 int64@0",
        "select_scatter": "bool@0 int32@0 int64@0",
        "slice_scatter": "bool@0 int32@0 int64@0",
    },
    "averages of several dtypes at once; refnet updates each one separately": {
        "optim.swa_utils.get_ema_multi_avg_fn": "bool@2 int32@2 int64@2",
    },
    "an empty input is accepted: there is nothing to compute": {
        "autograd.functional.hessian": "no_columns@0 no_rows@0",
        "nn.InstanceNorm2d": "no_rows@0",
        "nn.InstanceNorm3d": "no_rows@0",
        "nn.LazyInstanceNorm1d": "no_rows@0",
        "nn.LazyInstanceNorm2d": "no_rows@0",
        "nn.LazyInstanceNorm3d": "no_rows@0",
        "nn.functional.instance_norm": "no_rows@0",
        "optim.Adafactor": "no_columns@0 no_columns@1 no_rows@0 no_rows@1",
    },
    "the call has a meaning, and PyTorch fails only in its internals": {
        "Tensor.index_put_": "added@2",
        "index_put": "added@2",
        "nn.utils.rnn.invert_permutation": "int32@0",
        "trapezoid": "added@1",
    },
    "the complex step supports one dtype only": {
        "autograd.functional.hessian": "float64@1",
        "autograd.functional.hvp": "float64@1",
        "autograd.functional.jvp": "float64@1",
        "autograd.functional.vhp": "float64@1",
    },
    "refnet refuses an integer cotangent for a floating-point output": {
        "autograd.functional.vjp": "bool@2 int32@2 int64@2",
        "autograd.grad": "bool@2 int32@2 int64@2",
    },
    "PyTorch happens to accept integers, which have no gradient": {
        "nn.LPPool1d": "bool@0 int32@0 int64@0",
        "nn.LPPool2d": "bool@0 int32@0 int64@0",
        "nn.LPPool3d": "bool@0 int32@0 int64@0",
        "nn.LocalResponseNorm": "int64@0",
        "nn.functional.local_response_norm": "int64@0",
        "nn.functional.lp_pool1d": "bool@0 int32@0 int64@0",
        "nn.functional.lp_pool2d": "bool@0 int32@0 int64@0",
        "nn.functional.lp_pool3d": "bool@0 int32@0 int64@0",
    },
    "two dtypes: PyTorch casts and warns": {
        "nn.RMSNorm": "float64@0",
        "nn.functional.rms_norm": "bool@1 float64@0 float64@1 int32@1 int64@1",
    },
    "PyTorch resizes the output tensor, which is deprecated": {
        "Tensor.addbmm_": "0d@0 dropped@0 one_column@0 shorter@0",
        "nn.functional.normalize": "0d@1 added@1 dropped@1 narrower@1 "
        "no_columns@1 no_rows@1 one_column@1 shorter@1",
    },
    "PyTorch does not check whether classes, lengths and sequences fit": {
        "nn.CTCLoss": "one_column@0",
        "nn.functional.ctc_loss": "one_column@0",
        "nn.utils.rnn.pack_padded_sequence": "list@1 narrower@1 one_column@0 "
        "one_column@1 shorter@0 shorter@1",
    },
    "PyTorch does not check dtypes and shapes if a tensor is empty": {
        "Tensor.bernoulli_": "no_columns@0",
        "index_add": "no_columns@0 no_rows@0",
        "nn.ConvTranspose3d": "no_rows@0",
        "nn.functional.scaled_dot_product_attention": "no_rows@2",
    },
    "PyTorch does not check the dtype of the bias": {
        "nn.functional.conv_tbc": "bool@2 float64@2 int32@2 int64@2",
        "nn.functional.conv_transpose1d": "bool@2 float64@2 int32@2 int64@2",
        "nn.functional.conv_transpose2d": "bool@2 float64@2 int32@2 int64@2",
    },
    "PyTorch does not check the dimensions of a parameter that broadcasts": {
        "func.functional_call": "added@1",
        "nn.functional.adaptive_avg_pool2d": "added@0",
        "nn.functional.adaptive_avg_pool3d": "added@0",
        "nn.functional.batch_norm": "added@1 added@2 added@3 added@4",
        "nn.functional.cross_entropy": "added@2",
        "nn.functional.linear": "added@2",
        "nn.functional.multi_head_attention_forward": "added@6 added@7",
        "nn.functional.nll_loss": "added@2",
        "nn.utils.stateless.functional_call": "added@1",
    },
    "PyTorch accepts it by accident": {
        "Tensor.__getitem__": "list@1",
        "nn.utils.fuse_conv_bn_weights": "0d@0",
    },
    "RuntimeError for two dtypes; PyTorch first finds that a dtype has no kernel": {
        "bmm": "bool@0",
        "einsum": "bool@0",
        "nn.Conv1d": "int32@0",
        "nn.Conv2d": "int32@0",
        "nn.ConvTranspose1d": "int32@0",
        "nn.ConvTranspose2d": "int32@0",
        "nn.ConvTranspose3d": "int32@0",
        "nn.EmbeddingBag": "bool@0",
        "nn.LazyConvTranspose1d": "int32@0",
        "nn.LazyConvTranspose2d": "int32@0",
        "nn.LazyConvTranspose3d": "int32@0",
        "nn.functional.conv_transpose1d": "int32@0",
        "nn.functional.conv_transpose2d": "int32@0",
        "nn.functional.conv_transpose3d": "int32@0",
    },
    "both refuse; the type depends on which check comes first": {
        "Tensor.addbmm_": "0d@1 0d@2 dropped@2",
        "Tensor.baddbmm_": "0d@1 0d@2 dropped@2",
        "Tensor.index_add_": "0d@2 dropped@2",
        "Tensor.index_put_": "added@0",
        "Tensor.scatter_add_": "dropped@2",
        "Tensor.to": "float@1 list@1",
        "addbmm": "0d@1 0d@2 dropped@2",
        "addmv": "narrower@1 narrower@2 no_columns@1 no_columns@2 "
        "no_rows@2 one_column@1 one_column@2 shorter@2",
        "autograd.functional.hessian": "bool@0 int32@0 int64@0",
        "autograd.grad": "list@2",
        "baddbmm": "0d@1 0d@2 dropped@2",
        "func.functional_call": "0d@0 0d@1 dropped@1",
        "index_add": "0d@2",
        "index_put": "added@0",
        "index_select": "0d@0 one_column@0",
        "mv": "0d@0",
        "nn.AdaptiveLogSoftmaxWithLoss": "0d@0",
        "nn.RMSNorm": "0d@0",
        "nn.functional.adaptive_avg_pool2d": "0d@0",
        "nn.functional.adaptive_avg_pool3d": "0d@0",
        "nn.functional.batch_norm": "dropped@0",
        "nn.functional.bilinear": "0d@2 0d@3 dropped@3",
        "nn.functional.embedding": "0d@1 0d@2",
        "nn.functional.fractional_max_pool2d": "0d@0",
        "nn.functional.fractional_max_pool3d": "0d@0",
        "nn.functional.grid_sample": "0d@0 0d@1",
        "nn.functional.multi_head_attention_forward": "added@3 added@4 dropped@3",
        "nn.functional.rms_norm": "0d@0",
        "nn.utils.rnn.invert_permutation": "0d@0 dropped@0",
        "nn.utils.rnn.pack_padded_sequence": "0d@0 added@0 added@1 shorter@0",
        "nn.utils.rnn.pad_sequence": "0d@1 dropped@1",
        "nn.utils.rnn.unpad_sequence": "added@1",
        "nn.utils.vector_to_parameters": "0d@0 dropped@0",
        "optim.LBFGS": "no_columns@0 no_rows@0",
        "scatter": "dropped@2",
        "scatter_add": "dropped@2",
        "scatter_reduce": "dropped@2",
        "stack": "0d@0 dropped@0",
    },
}

# What differs for empty inputs (test_empty.py): by the reason, the public names and how their
# inputs were made empty.
EMPTY: dict[str, dict[str, str]] = {
    "nothing is drawn, and PyTorch does not check the shape of p": {
        "Tensor.bernoulli_": "0.1 batch",
    },
    "NumPy's empty arrays have strides of 0, which mean nothing": {
        "Tensor.clone": "0.0 0.1 n=2 n=3",
        "Tensor.contiguous": "0.0 0.1 n=2 n=3",
        "Tensor.stride": "0.0 0.1 n=2 n=3",
        "Tensor.swapaxes_": "0.0 0.1 0.2 batch n=2 n=3 n=4",
        "Tensor.swapdims_": "0.0 0.1 0.2 batch n=2 n=3 n=4",
        "Tensor.transpose_": "0.0 0.1 0.2 batch n=2 n=3 n=4",
    },
    "PyTorch computes the value, but its backward pass raises": {
        "Tensor.scatter_add_": "1.0 1.1",
        "Tensor.scatter_reduce_": "1.0",
        "addmv": "1.0 1.1 2.0 n=2 n=3",
        "autograd.functional.hessian": "0.0 batch n=3",
        "autograd.functional.jacobian": "batch n=2",
        "channel_shuffle": "0.1 n=4",
        "func.functional_call": "n=2 n=3",
        "nn.AdaptiveAvgPool1d": "0.1 n=3",
        "nn.AdaptiveAvgPool2d": "0.1 n=3",
        "nn.ChannelShuffle": "0.1 n=6",
        "nn.PixelShuffle": "0.0 0.1 0.2 0.3 batch n=2 n=3 n=8 n=9",
        "nn.PixelUnshuffle": "0.0 0.1 n=1 n=2",
        "nn.functional.bilinear": "n=3 n=4",
        "nn.functional.channel_shuffle": "0.1 n=6",
        "nn.functional.pixel_shuffle": "0.0 0.1 0.2 0.3 batch n=2 n=3 n=8 n=9",
        "nn.functional.pixel_unshuffle": "0.0 0.1 n=1 n=2",
        "pixel_shuffle": "0.0 0.1 0.2 batch n=2 n=3 n=4",
        "scatter": "1.0 batch",
        "scatter_add": "1.0 1.1",
        "scatter_reduce": "1.0 1.1",
    },
    "PyTorch's gradient forgets the row of an empty vector": {
        "block_diag": "1.0 n=2",
    },
    **(
        {}
        if reached("2.14")  # which refuses them
        else {
            "an empty sum is 0; PyTorch multiplies it by 0/0": {
                "nn.GroupNorm": "0.2 n=4",
                "nn.functional.group_norm": "0.2 n=5",
            }
        }
    ),
    "PyTorch selects the first entry of an empty parameter: an IndexError": {
        "nn.InstanceNorm2d": "0.0 n=3",
        "nn.InstanceNorm3d": "0.0",
        "nn.LazyInstanceNorm1d": "0.0",
        "nn.LazyInstanceNorm2d": "0.0",
        "nn.LazyInstanceNorm3d": "0.0 n=1",
        "nn.functional.batch_norm": "batch n=3",
        "nn.functional.conv2d": "n=2",
        "nn.functional.conv3d": "n=2",
        "nn.functional.conv_transpose2d": "n=2",
        "nn.functional.instance_norm": "0.0 batch n=2 n=3",
    },
    "PyTorch sets the sizes of an empty input to 0, and then finds that the target's differ": {
        "nn.NLLLoss": "0.1 n=3",
        "nn.NLLLoss2d": "0.1 n=3",
    },
    "PyTorch applies pixel_shuffle's check to an empty tensor, and raises": {
        "nn.PixelUnshuffle": "0.0 0.1 0.2 0.3 batch n=3 n=4 n=6",
        "nn.functional.pixel_unshuffle": "0.0 0.1 0.2 0.3 batch n=3 n=4 n=6",
    },
    "with one output it is a mean, and PyTorch does not check the dimensions": {
        "nn.functional.adaptive_avg_pool2d": "batch",
        "nn.functional.adaptive_avg_pool3d": "batch",
    },
    "refnet refuses a kernel without entries": {
        "conv1d": "n=2",
        "nn.functional.conv1d": "n=3",
        "nn.functional.conv2d": "n=3",
        "nn.functional.conv3d": "n=3",
    },
    "PyTorch does not check the shape of an empty value": {
        "nn.functional.scaled_dot_product_attention": "2.0 2.1 2.2",
    },
    "one dimension too many": {
        "nn.utils.fuse_linear_bn_weights": "batch",
        "nn.utils.rnn.invert_permutation": "batch",
        "nn.utils.rnn.pack_padded_sequence": "batch",
    },
}

# NumPy's names of arguments, "name(argument)", that only one of the libraries takes.
NUMPYS: dict[str, str] = {
    "Tensor.unflatten(axis)": "it is refnet.unflatten, which takes axis=, as PyTorch's function does",
}

# Arguments, "name(argument)" (patterns), that PyTorch takes and refnet does not; "+" for the
# opposite.
_OVERLOAD = "PyTorch documents this name, or another of its overloads has it"
_SHARED = "it is nn.functional's function, which has it"
_PRIVATE = "a private parameter of PyTorch"
ARGUMENTS: dict[str, str] = {
    "*(out)": "refnet has no out=",
    "*mm(out_dtype)": "PyTorch supports it on GPUs only",
    "full(names)": "only in PyTorch's stub: its full takes no named dimensions",
    "random.fork_rng(*)": _PRIVATE,
    "Tensor.expand(implicit)": _PRIVATE,
    "save(*)": "refnet writes no pickles",
    "serialization.save(*)": "the same function",
    "set_num_threads(num)": "PyTorch's takes positional arguments only",
    "+set_num_threads(num_threads)": "PyTorch's takes positional arguments only",
    "result_type(scalar*)": "overloads for a number and a tensor in either order; refnet's are positional",
    "utils.checkpoint.checkpoint(*)": "they select and check PyTorch's ways to recompute",
    "+utils.checkpoint.*(preserve_rng_state)": "PyTorch's takes it in **kwargs",
    "Tensor.cuda(*)": "it always raises",
    "Tensor.new(*)": "the legacy constructor takes data or sizes, positionally",
    "Tensor.new_tensor(pin_memory)": "only in PyTorch's stub",
    "nn.functional.one_hot(tensor)": "only in PyTorch's stub",
    "+nn.functional.one_hot(input)": "PyTorch's stub has another name for it",
    "Tensor.requires_grad_(mode)": "only in PyTorch's stub",
    "+Tensor.requires_grad_(requires_grad)": "PyTorch's stub has another name for it",
    "+Tensor.type(memory_format)": "missing in PyTorch's stub",
    "range(pin_memory)": "only in PyTorch's stub",
    "+range(layout)": "missing in PyTorch's stub",
    "Tensor.to(*)": "it parses its arguments itself",
    "+*split(*)": _OVERLOAD,
    "+can_cast(from)": _OVERLOAD,
    "+Tensor.size(axis)": "NumPy's name, which PyTorch also takes",
    "+Tensor.stride(axis)": "NumPy's name, which PyTorch also takes",
    "+Tensor.random_(from)": _OVERLOAD,
    "+Tensor.uniform_(from)": _OVERLOAD,
    "+celu(inplace)": _SHARED,
    "+selu(inplace)": _SHARED,
    "+threshold(inplace)": _SHARED,
    "+*max_pool?d*(return_indices)": _SHARED,
}

# --- kernels and definitions ---------------------------------------------------------------------

# Rules whose float32 kernels are as exact as their inputs, but not as a result that cancels to much
# less: test_kernels.py allows 2 ulp of the largest input, or of 1 (for the cotangent).
KERNELS_BESIDE_INPUTS: dict[str, str] = {
    "gelu": "its kernel has Φ to 1.5 ulp of 1, times x; the error of a gradient that cancels was 5.7e-8, "
    "the definition's was 1.4e-8",
    "silu": "its kernel has σ to an ulp of 1; the error of a gradient that cancels, near x = −1.28, was "
    "3.2e-9, the definition's was 1.1e-9",
}
