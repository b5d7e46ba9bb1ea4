"""Optimizers, one line a case; test_trajectories.py trains a network with each line of OPTIMIZERS."""

from typing import Any

from parity_tests.cases import Case, Input, optimizer, raises, randn


def step(name: str, make: Any, *inputs: Input, **options: Any) -> Case:
    """An optimizer's line on a matrix and a vector, unless other parameters are given."""
    return optimizer(name, make, *(inputs or (randn(3, 4), randn(4))), **options)


def groups(ps: Any, *options: dict[str, Any]) -> Any:
    """The first parameters in a group each with these options, the others in the last one."""
    *first, last = options
    made = [{"params": p, **o} for p, o in zip(ps, first, strict=False)]
    return [*made, {"params": iter(ps[len(first) :]), **last}]


def number(ps: Any, x: float) -> Any:
    """A learning rate in a tensor of the parameters' dtype."""
    return ps[0].detach().new_tensor(x)


def float32(ps: Any, x: float) -> Any:
    """A learning rate in a tensor of one element in float32, whatever the parameters are: what is
    computed from it is rounded to float32."""
    return ps[0].detach().new_tensor([x]).float()


def matrices(ps: Any) -> list[Any]:
    """The parameters with two dimensions that are not empty."""
    return [p for p in ps if p.ndim == 2 and p.numel()]


BFLOAT16 = {
    "dtypes": ("float64", "float32"),
    "reason": "it computes in bfloat16: with float16 parameters refnet's error was up to 4.8 times PyTorch's, "
    "over 25 draws of each line",
}
CHAOS = {
    "dtypes": ("float64",),
    "reason": "L-BFGS multiplies rounding errors: in float32 the libraries were up to 0.82 of the largest "
    "entry apart, over 8 draws of each line",
}

OPTIMIZERS = [
    # SGD
    step("SGD", lambda optim, ps: optim.SGD(ps)),
    step("SGD", lambda optim, ps: optim.SGD(ps, lr=0.1), randn(3, 4), randn()),
    step("SGD", lambda optim, ps: optim.SGD(ps, lr=0.1, momentum=0.9)),
    step("SGD", lambda optim, ps: optim.SGD(ps, 0.1, momentum=0.8, dampening=0.3, weight_decay=0.1)),
    step("SGD", lambda optim, ps: optim.SGD(ps, 0.1, 0.8, weight_decay=0.2, nesterov=True, maximize=True), randn(3, 4), randn(0)),
    step("SGD", lambda optim, ps: optim.SGD(ps, 0.1, maximize=True), randn()),
    step("SGD", lambda optim, ps: optim.SGD(ps, lr=0.1, momentum=0.7, foreach=True), randn(2), randn(2, 2)),
    step("SGD", lambda optim, ps: optim.SGD(ps, lr=0.1, momentum=0.7, fused=True), randn(2), randn(2, 2)),
    step("SGD", lambda optim, ps: optim.SGD(ps, lr=number(ps, 0.1), weight_decay=number(ps, 0.2))),
    step("SGD", lambda optim, ps: optim.SGD(groups(ps, {"lr": 0.2, "momentum": 0.5}, {"weight_decay": 0.1}), lr=0.05)),
    # Adam
    step("Adam", lambda optim, ps: optim.Adam(ps)),
    step("Adam", lambda optim, ps: optim.Adam(ps, 0.1, (0.5, 0.9), 1e-3, 0.1), randn(3, 4), randn()),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.05, betas=(0.8, 0.6), amsgrad=True)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.05, betas=(0.0, 0.0), amsgrad=True, weight_decay=0.3)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.02, weight_decay=0.2, decoupled_weight_decay=True, maximize=True)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.02, foreach=True, amsgrad=True, weight_decay=0.1)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.02, fused=True, amsgrad=True, weight_decay=0.1, eps=0.1)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.02, fused=True, decoupled_weight_decay=True, weight_decay=0.1, maximize=True), randn(3, 4), randn(0)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=0.02, capturable=True, fused=True)),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=number(ps, 0.02), betas=(number(ps, 0.7), number(ps, 0.9)))),
    step("Adam", lambda optim, ps: optim.Adam(ps, lr=float32(ps, 0.02), weight_decay=0.1)),
    step("Adam", lambda optim, ps: optim.Adam(groups(ps, {"lr": 0.02, "amsgrad": True}, {"betas": (0.7, 0.9), "maximize": True}), lr=0.01)),
    # AdamW
    step("AdamW", lambda optim, ps: optim.AdamW(ps)),
    step("AdamW", lambda optim, ps: optim.AdamW(ps, 0.1, (0.5, 0.9), 1e-3, 0.1), randn(3, 4), randn()),
    step("AdamW", lambda optim, ps: optim.AdamW(ps, lr=0.05, betas=(0.8, 0.6), amsgrad=True, maximize=True)),
    step("AdamW", lambda optim, ps: optim.AdamW(ps, lr=float32(ps, 0.02), weight_decay=0.3)),
    step("AdamW", lambda optim, ps: optim.AdamW(ps, lr=0.02, foreach=True)),
    step("AdamW", lambda optim, ps: optim.AdamW(ps, lr=0.02, fused=True, capturable=True)),
    step("AdamW", lambda optim, ps: optim.AdamW(groups(ps, {"weight_decay": 0}, {"lr": 0.01}), lr=0.05, weight_decay=0.3)),
    # NAdam
    step("NAdam", lambda optim, ps: optim.NAdam(ps)),
    step("NAdam", lambda optim, ps: optim.NAdam(ps, 0.05, (0.7, 0.9), 1e-3, 0.1, 0.02), randn(3, 4), randn()),
    step("NAdam", lambda optim, ps: optim.NAdam(ps, lr=0.05, weight_decay=0.3, decoupled_weight_decay=True, maximize=True)),
    step("NAdam", lambda optim, ps: optim.NAdam(ps, lr=float32(ps, 0.02), weight_decay=0.3, decoupled_weight_decay=True)),
    step("NAdam", lambda optim, ps: optim.NAdam(ps, lr=0.02, foreach=True)),
    step("NAdam", lambda optim, ps: optim.NAdam(groups(ps, {"momentum_decay": 0.1}, {"lr": 0.01}), lr=0.05)),
    # RAdam
    step("RAdam", lambda optim, ps: optim.RAdam(ps), steps=8),
    step("RAdam", lambda optim, ps: optim.RAdam(ps, 0.05, (0.7, 0.99), 1e-3, 0.1), randn(3, 4), randn(), steps=8),
    step("RAdam", lambda optim, ps: optim.RAdam(ps, lr=0.05, betas=(0.5, 0.6))),
    step("RAdam", lambda optim, ps: optim.RAdam(ps, lr=0.05, weight_decay=0.3, decoupled_weight_decay=True, maximize=True)),
    step("RAdam", lambda optim, ps: optim.RAdam(ps, lr=float32(ps, 0.02), weight_decay=0.3, decoupled_weight_decay=True)),
    step("RAdam", lambda optim, ps: optim.RAdam(ps, lr=0.02, foreach=True), steps=8),
    step("RAdam", lambda optim, ps: optim.RAdam(groups(ps, {"betas": (0.1, 0.9)}, {"lr": 0.01}), lr=0.05), steps=8),
    # Adamax
    step("Adamax", lambda optim, ps: optim.Adamax(ps)),
    step("Adamax", lambda optim, ps: optim.Adamax(ps, 0.05, (0.7, 0.6), 1e-3, 0.1), randn(3, 4), randn()),
    step("Adamax", lambda optim, ps: optim.Adamax(ps, lr=0.05, maximize=True)),
    step("Adamax", lambda optim, ps: optim.Adamax(ps, lr=float32(ps, 0.02))),
    step("Adamax", lambda optim, ps: optim.Adamax(ps, lr=0.02, foreach=True)),
    step("Adamax", lambda optim, ps: optim.Adamax(groups(ps, {"betas": (0.1, 0.5)}, {"lr": 0.01}), lr=0.05)),
    # Adagrad
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps)),
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps, 0.05, 0.1, 0.2, 0.3, 1e-3), randn(3, 4), randn()),
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps, lr=0.05, maximize=True)),
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps, lr=float32(ps, 0.02), lr_decay=0.1)),
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps, lr=0.02, foreach=True)),
    step("Adagrad", lambda optim, ps: optim.Adagrad(ps, lr=0.02, fused=True, lr_decay=0.1)),
    step("Adagrad", lambda optim, ps: optim.Adagrad(groups(ps, {"initial_accumulator_value": 3.0}, {"lr_decay": 0.1}), lr=0.05)),
    # Adadelta
    step("Adadelta", lambda optim, ps: optim.Adadelta(ps)),
    step("Adadelta", lambda optim, ps: optim.Adadelta(ps, 0.5, 0.8, 1e-3, 0.1), randn(3, 4), randn()),
    step("Adadelta", lambda optim, ps: optim.Adadelta(ps, lr=5, rho=0.3, maximize=True)),
    step("Adadelta", lambda optim, ps: optim.Adadelta(ps, lr=float32(ps, 0.2))),
    step("Adadelta", lambda optim, ps: optim.Adadelta(ps, foreach=True)),
    step("Adadelta", lambda optim, ps: optim.Adadelta(groups(ps, {"rho": 0.1}, {"eps": 0.01}))),
    # RMSprop
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps)),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, 0.05, 0.8, 1e-3, 0.1), randn(3, 4), randn()),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, lr=0.01, alpha=0.7, momentum=0.6, maximize=True)),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, lr=0.01, alpha=0.7, centered=True)),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, lr=0.003, alpha=0.9, centered=True, momentum=0.5, weight_decay=0.1)),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, lr=float32(ps, 0.02))),
    step("RMSprop", lambda optim, ps: optim.RMSprop(ps, lr=0.02, foreach=True)),
    step("RMSprop", lambda optim, ps: optim.RMSprop(groups(ps, {"alpha": 0.3, "centered": True}, {"momentum": 0.2}), lr=0.005)),
    # Rprop
    step("Rprop", lambda optim, ps: optim.Rprop(ps), steps=8),
    step("Rprop", lambda optim, ps: optim.Rprop(ps, 0.3, (0.3, 1.5), (0.05, 0.4)), randn(3, 4), randn(), steps=7),
    step("Rprop", lambda optim, ps: optim.Rprop(ps, lr=0.1, maximize=True)),
    step("Rprop", lambda optim, ps: optim.Rprop(ps, lr=float32(ps, 0.2))),
    step("Rprop", lambda optim, ps: optim.Rprop(ps, lr=0.2, foreach=True)),
    step("Rprop", lambda optim, ps: optim.Rprop(groups(ps, {"etas": (0.3, 1.1)}, {"lr": 0.02}))),
    # ASGD
    step("ASGD", lambda optim, ps: optim.ASGD(ps)),
    step("ASGD", lambda optim, ps: optim.ASGD(ps, 0.05, 0.1, 0.5, 2, 0.1), randn(3, 4), randn()),
    step("ASGD", lambda optim, ps: optim.ASGD(ps, lr=0.05, maximize=True, t0=1)),
    # α = 1: the powers of other float32 numbers may be one ulp apart
    step("ASGD", lambda optim, ps: optim.ASGD(ps, lr=float32(ps, 0.02), lambd=0.2, alpha=1)),
    # PyTorch's foreach computes eta in float32, which differs from its own loop unless lambd = 0
    step("ASGD", lambda optim, ps: optim.ASGD(ps, lr=0.02, lambd=0.0, foreach=True, t0=0)),
    step("ASGD", lambda optim, ps: optim.ASGD(groups(ps, {"t0": 0}, {"lambd": 0.02}), lr=0.05)),
    # Adafactor
    step("Adafactor", lambda optim, ps: optim.Adafactor(ps)),
    step("Adafactor", lambda optim, ps: optim.Adafactor(ps, 0.05, -0.5, (1e-3, 0.01), 1.5, 0.1), randn(2, 3, 4), randn()),
    step("Adafactor", lambda optim, ps: optim.Adafactor(ps, lr=2.0, eps=(0.3, 0.5), maximize=True)),
    step("Adafactor", lambda optim, ps: optim.Adafactor(ps, lr=float32(ps, 0.02), weight_decay=0.3)),
    step("Adafactor", lambda optim, ps: optim.Adafactor(ps, lr=0.02, foreach=True)),
    step("Adafactor", lambda optim, ps: optim.Adafactor(groups(ps, {"d": 1.2}, {"weight_decay": 0.02}), lr=0.05)),
    # Muon, of the parameters that are matrices
    step("Muon", lambda optim, ps: optim.Muon(matrices(ps)), **BFLOAT16),
    step("Muon", lambda optim, ps: optim.Muon(matrices(ps), 0.05, 0.2, 0.5, False, (2.0, -1.5, 0.5), 0.5, 3), randn(4, 2), randn(1, 3), **BFLOAT16),
    step("Muon", lambda optim, ps: optim.Muon(matrices(ps), lr=0.05, adjust_lr_fn="match_rms_adamw"), randn(4, 2), randn(2, 2), **BFLOAT16),
    step("Muon", lambda optim, ps: optim.Muon(matrices(ps), lr=0.05, adjust_lr_fn="original", nesterov=False), randn(4, 2), **BFLOAT16),
    step("Muon", lambda optim, ps: optim.Muon(groups(matrices(ps), {"momentum": 0.6}, {"lr": 0.02}), lr=float32(ps, 0.01)), randn(2, 3), randn(3, 2), **BFLOAT16),
    # LBFGS; PyTorch's refuses matrices that are not contiguous, so the cases have none
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, max_iter=3), randn(9), steps=2, **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, 0.1, 3, 5, 1e-3, 1e-4, 2), randn(7), randn(), **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, lr=number(ps, 0.7), max_iter=1), randn(9), **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, max_iter=2, line_search_fn="strong_wolfe"), randn(8), randn(3), steps=2, **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, lr=5, max_iter=2, history_size=3, line_search_fn="strong_wolfe"), randn(8), randn(3), steps=2, **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, lr=0.01, max_iter=4, max_eval=3, line_search_fn="strong_wolfe"), randn(8), randn(3), steps=2, **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, lr=0.1, max_iter=3, maximize=True), randn(8), randn(3), steps=2, since="2.14", **CHAOS),
    step("LBFGS", lambda optim, ps: optim.LBFGS(ps, lr=0.01, max_iter=1, line_search_fn="strong_wolfe", maximize=True), randn(9), steps=2, since="2.14", **CHAOS),
]  # fmt: skip


def refuses(name: str, *changes: dict[str, Any]) -> list[Case]:
    """A line for each set of options that the optimizer's constructor refuses."""
    return [
        raises(
            f"optim.{name}", lambda m, c=c: getattr(m.optim, name)([parameter(m)], **options(m, c))
        )
        for c in changes
    ]


def parameter(m: Any, *shape: int) -> Any:
    """A parameter with a gradient."""
    p = m.nn.Parameter(m.ones(shape or (2, 2)))
    p.grad = m.ones(shape or (2, 2))
    return p


def options(m: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The options, lists of them being tensors."""
    tensor = lambda x: m.tensor(x) if isinstance(x, list) else x  # noqa: E731
    return {
        k: tuple(map(tensor, x)) if isinstance(x, tuple) else tensor(x) for k, x in given.items()
    }


def one_step(m: Any, name: str, **given: Any) -> Any:
    """One step with options that only a step refuses."""
    return getattr(m.optim, name)([parameter(m)], **given).step()


LR = {"lr": -1.0}, {"lr": float("nan")}, {"lr": [0.1, 0.2]}, {"lr": [-0.1]}
EPS, DECAY = {"eps": -1e-3}, {"weight_decay": -0.1}
BETAS = {"betas": (1.0, 0.9)}, {"betas": (0.9, 1.0)}, {"betas": (-0.1, 0.9)}, {"betas": (0.9, -0.1)}
FUSED = {"fused": True, "foreach": True}, {"fused": True, "differentiable": True}

REFUSALS = [
    *refuses("SGD", LR[0], *LR[2:], DECAY, {"momentum": -0.1}, {"nesterov": True}, *FUSED),
    *refuses("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
    *refuses("Adam", *LR, EPS, DECAY, *BETAS, *FUSED, {"betas": (0, 0.9)}, {"betas": (0.5, [0.9])}),
    *refuses("Adam", {"lr": [0.1], "foreach": True}, {"betas": ([0.5], [0.9]), "foreach": True}),
    *refuses("AdamW", *LR, EPS, DECAY, *BETAS, *FUSED),
    *refuses("NAdam", *LR, EPS, DECAY, *BETAS, {"momentum_decay": -0.1}),
    *refuses("RAdam", *LR, EPS, DECAY, *BETAS),
    *refuses("Adamax", *LR, EPS, DECAY, *BETAS),
    *refuses("Adagrad", *LR, EPS, DECAY, *FUSED, {"lr_decay": -1}, {"initial_accumulator_value": -1}),
    *refuses("Adadelta", *LR, EPS, DECAY, {"rho": -0.1}, {"rho": 1.1}),
    *refuses("RMSprop", *LR, EPS, DECAY, {"momentum": -1}, {"alpha": -1}),
    *refuses("Rprop", *LR, {"etas": (0.0, 1.2)}, {"etas": (0.5, 1.0)}, {"etas": (1.0, 1.2)}),
    *refuses("ASGD", *LR, DECAY),
    *refuses("Adafactor", *LR, DECAY, {"eps": (-1.0, 1.0)}, {"eps": (None, -1.0)}),
    *refuses("Adafactor", {"beta2_decay": 0.1}, {"d": 0.9}),
    *refuses("Muon", *LR, DECAY, {"momentum": -1}, {"adjust_lr_fn": "moonshot"}),
    *refuses("LBFGS", *LR),
    raises("optim.Muon", lambda m: m.optim.Muon([parameter(m, 3)])),
    raises("optim.Muon", lambda m: one_step(m, "Muon", ns_steps=100)),
    raises("optim.Muon", lambda m: one_step(m, "Muon", ns_coefficients=(1.0, 2.0))),
    raises("optim.LBFGS", lambda m: m.optim.LBFGS([{"params": parameter(m)}, {"params": parameter(m)}])),
    raises("optim.LBFGS", lambda m: m.optim.LBFGS([parameter(m)]).step()),
    raises("optim.LBFGS", lambda m: m.optim.LBFGS([parameter(m)], line_search_fn="armijo").step(lambda: 1.0)),
    raises("optim.Adam", lambda m: m.optim.Adam([{"params": parameter(m), "lr": m.tensor(0.1)}], foreach=True).step()),
    raises("optim.Optimizer", lambda m: m.optim.Optimizer([], {})),
    raises("optim.Optimizer", lambda m: m.optim.Optimizer([parameter(m)], {}).step()),
    *(
        raises(f"optim.{name}", lambda m, name=name: one_step(m, name, capturable=True))
        for name in ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta", "RMSprop", "Rprop", "ASGD")
    ),
]  # fmt: skip

CASES = [*OPTIMIZERS, *REFUSALS]
