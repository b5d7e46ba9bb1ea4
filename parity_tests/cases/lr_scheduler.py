"""Schedules of the learning rate, one line a case: 120 epochs each, saved and resumed in the middle."""

import warnings
from collections.abc import Callable
from typing import Any

from parity_tests.cases import Case, case, raises

EPOCHS = 120


def optimizer(m: Any, name: str = "SGD", lr: Any = 0.05, **options: Any) -> Any:
    """An optimizer of two groups with a parameter each, the second with a learning rate of its own."""
    if isinstance(lr, list):
        lr = m.tensor(lr[0], dtype=m.float64)
    other = lr * 4 if isinstance(lr, m.Tensor) else 0.2
    groups = [
        {"params": m.nn.Parameter(m.ones(1))},
        {"params": m.nn.Parameter(m.ones(1)), "lr": other},
    ]
    return getattr(m.optim, name)(groups, lr=lr, **options)


def momentum(group: Any) -> Any:
    return group["betas"] if "betas" in group else group.get("momentum")


def schedule(
    name: str,
    make: Callable[..., Any],
    /,
    *,
    module: str = "lr_scheduler",
    metrics: Callable[[int], float] | None = None,
    jumps: bool = False,
    epochs: int = EPOCHS,
    **options: Any,
) -> Case:
    """make(lr_scheduler, optimizer); the learning rates and momenta after each epoch, and the states.

    metrics  of an epoch, which step() takes
    jumps    step() also is given epochs
    options  of the optimizer
    """

    def run(m: Any) -> Any:
        schedules = getattr(m.optim, module)
        optim = optimizer(m, **options)
        scheduler = make(schedules, optim)
        seen: list[Any] = [list(scheduler.get_last_lr())]
        for epoch in range(epochs):
            optim.step()
            if metrics is not None:
                scheduler.step(metrics(epoch))
            elif jumps and epoch % 10 == 9:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    scheduler.step(3 * epoch if epoch % 20 == 9 else epoch // 2)
            else:
                scheduler.step()
            seen.append([list(scheduler.get_last_lr()), [momentum(g) for g in optim.param_groups]])
            if epoch == epochs // 2:  # go on with new ones
                saved = optim.state_dict(), scheduler.state_dict()
                optim = optimizer(m, **options)
                scheduler = make(schedules, optim)
                optim.load_state_dict(saved[0])
                scheduler.load_state_dict(saved[1])
        return seen, scheduler.state_dict(), optim.state_dict(), repr(optim)

    return case(f"optim.{module}.{name}", lambda m: run(m), dtypes=("float64",), reason=_FLOATS)


_FLOATS = "learning rates are Python floats in every dtype of the parameters"


class Decay:
    """A function with a state."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, t: float) -> float:
        return self.rate**t


def wave(epoch: int) -> float:
    """A metric that gets better, stands still, and gets worse."""
    return float((epoch * 7919) % 13) / (1 + epoch // 20)


def warm_up_and_decay(s: Any, o: Any) -> Any:
    return s.SequentialLR(
        o,
        [s.LinearLR(o, 0.1, total_iters=10), s.CosineAnnealingLR(o, 60), s.ExponentialLR(o, 0.9)],
        milestones=[10, 70],
    )


def two_at_once(s: Any, o: Any) -> Any:
    return s.ChainedScheduler([s.ConstantLR(o, 0.1, 20), s.ExponentialLR(o, 0.97)])


def nested(s: Any, o: Any) -> Any:
    inner = s.SequentialLR(o, [s.ConstantLR(o, 0.5, 3), s.StepLR(o, 4)], milestones=[6])
    return s.SequentialLR(o, [inner, s.LambdaLR(o, lambda t: 1 / (1 + t))], [40])


SCHEDULES = [
    schedule("LambdaLR", lambda s, o: s.LambdaLR(o, lambda t: 0.95**t)),
    schedule("LambdaLR", lambda s, o: s.LambdaLR(o, [lambda t: 1 / (1 + t), Decay(0.9)]), lr=[0.1]),
    schedule("MultiplicativeLR", lambda s, o: s.MultiplicativeLR(o, lambda t: 0.9 + 0.1 * (t % 2))),
    schedule("MultiplicativeLR", lambda s, o: s.MultiplicativeLR(o, (lambda t: 0.99, Decay(0.999)))),
    schedule("StepLR", lambda s, o: s.StepLR(o, 30)),
    schedule("StepLR", lambda s, o: s.StepLR(o, step_size=7, gamma=0.5), lr=[0.1], jumps=True),
    schedule("MultiStepLR", lambda s, o: s.MultiStepLR(o, [30, 80])),
    schedule("MultiStepLR", lambda s, o: s.MultiStepLR(o, (5, 3, 5, 90), gamma=0.3), jumps=True),
    schedule("ConstantLR", lambda s, o: s.ConstantLR(o)),
    schedule("ConstantLR", lambda s, o: s.ConstantLR(o, factor=0.3, total_iters=70), jumps=True, lr=[0.1]),
    schedule("LinearLR", lambda s, o: s.LinearLR(o)),
    schedule("LinearLR", lambda s, o: s.LinearLR(o, 0.9, 0.1, 100), lr=[0.1]),
    schedule("LinearLR", lambda s, o: s.LinearLR(o, start_factor=0.05, total_iters=80), jumps=True),
    schedule("ExponentialLR", lambda s, o: s.ExponentialLR(o, 0.95)),
    schedule("ExponentialLR", lambda s, o: s.ExponentialLR(o, gamma=0.9), jumps=True, lr=[0.2]),
    schedule("PolynomialLR", lambda s, o: s.PolynomialLR(o)),
    schedule("PolynomialLR", lambda s, o: s.PolynomialLR(o, total_iters=100, power=0.9), lr=[0.2]),
    schedule("PolynomialLR", lambda s, o: s.PolynomialLR(o, 150, 2.0), jumps=True),
    schedule("CosineAnnealingLR", lambda s, o: s.CosineAnnealingLR(o, T_max=100)),
    schedule("CosineAnnealingLR", lambda s, o: s.CosineAnnealingLR(o, 17, eta_min=0.01), lr=[0.1]),
    schedule("CosineAnnealingLR", lambda s, o: s.CosineAnnealingLR(o, 30, 0.001), jumps=True),
    schedule("CosineAnnealingWarmRestarts", lambda s, o: s.CosineAnnealingWarmRestarts(o, 20)),
    schedule("CosineAnnealingWarmRestarts", lambda s, o: s.CosineAnnealingWarmRestarts(o, 5, 2, 0.01), lr=[0.1]),
    schedule("CosineAnnealingWarmRestarts", lambda s, o: s.CosineAnnealingWarmRestarts(o, 5, 3), jumps=True),
    schedule("CosineAnnealingWarmRestarts", lambda s, o: s.CosineAnnealingWarmRestarts(o, 7, T_mult=2), metrics=lambda e: e / 3),
    schedule("CosineAnnealingWarmRestarts", lambda s, o: s.CosineAnnealingWarmRestarts(o, 7), metrics=lambda e: e / 3),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1, 10), momentum=0.5),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1, 10, 25, "triangular2", base_momentum=0.6, max_momentum=0.95), momentum=0.5),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 8, mode="exp_range", gamma=0.99, base_momentum=[0.5, 0.6], max_momentum=[0.7, 0.8]), name="Adam"),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1, 10, scale_fn=Decay(0.8), cycle_momentum=False)),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1, 10, scale_fn=lambda t: 0.98**t, scale_mode="iterations"), momentum=0.1),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1, 9, cycle_momentum=False), lr=[0.1]),
    schedule("CyclicLR", lambda s, o: s.CyclicLR(o, 0.01, 0.1), momentum=0.5),
    schedule("OneCycleLR", lambda s, o: s.OneCycleLR(o, 0.1, total_steps=EPOCHS), momentum=0.5),
    schedule("OneCycleLR", lambda s, o: s.OneCycleLR(o, [0.1, 0.4], epochs=12, steps_per_epoch=11, anneal_strategy="linear", div_factor=10.0, final_div_factor=100.0), name="Adam"),
    schedule("OneCycleLR", lambda s, o: s.OneCycleLR(o, 0.1, 130, pct_start=0.4, three_phase=True, base_momentum=0.5, max_momentum=[0.6, 0.7]), momentum=0.5),
    schedule("OneCycleLR", lambda s, o: s.OneCycleLR(o, 0.1, 120, cycle_momentum=False), lr=[0.1]),
    schedule("ReduceLROnPlateau", lambda s, o: s.ReduceLROnPlateau(o), metrics=wave),
    schedule("ReduceLROnPlateau", lambda s, o: s.ReduceLROnPlateau(o, "max", 0.5, 3, 0.01, "abs", 2, 1e-3, 1e-4), metrics=wave, lr=[0.1]),
    schedule("ReduceLROnPlateau", lambda s, o: s.ReduceLROnPlateau(o, "min", threshold_mode="abs", threshold=0.1, patience=1, min_lr=[1e-3, 1e-2]), metrics=wave),
    schedule("ReduceLROnPlateau", lambda s, o: s.ReduceLROnPlateau(o, mode="max", patience=2, threshold=0.3, factor=0.9), metrics=lambda e: 10 + e * wave(e)),
    schedule("ReduceLROnPlateau", lambda s, o: s.ReduceLROnPlateau(o, mode="max", patience=0, factor=0.9), metrics=lambda e: -wave(e)),
    schedule("SequentialLR", warm_up_and_decay),
    schedule("SequentialLR", warm_up_and_decay, lr=[0.1]),
    schedule("SequentialLR", nested),
    schedule("SequentialLR", lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3), s.ExponentialLR(o, 0.9)], [30], last_epoch=4)),
    schedule("ChainedScheduler", two_at_once),
    schedule("ChainedScheduler", two_at_once, lr=[0.1]),
    schedule("ChainedScheduler", lambda s, o: s.ChainedScheduler([s.StepLR(o, 9), s.CosineAnnealingLR(o, 50)], optimizer=o)),
    schedule("SWALR", lambda s, o: s.SWALR(o, 0.01), module="swa_utils"),
    schedule("SWALR", lambda s, o: s.SWALR(o, [0.01, 0.5], 70, "linear"), module="swa_utils", lr=[0.1]),
    schedule("SWALR", lambda s, o: s.SWALR(o, swa_lr=0.01, anneal_epochs=0), module="swa_utils"),
]  # fmt: skip


def resumed(name: str, *arguments: Any) -> Case:
    """A scheduler that goes on from epoch 7, given as last_epoch."""

    def run(m: Any) -> Any:
        module = "swa_utils" if name == "SWALR" else "lr_scheduler"
        make = getattr(getattr(m.optim, module), name)
        optim = optimizer(m, momentum=0.5)
        scheduler = make(optim, *arguments)
        for _ in range(7):
            optim.step()
            scheduler.step()
        scheduler = make(optim, *arguments, last_epoch=6)
        seen = [scheduler.get_last_lr()]
        for _ in range(20):
            optim.step()
            scheduler.step()
            seen.append([scheduler.get_last_lr(), momentum(optim.param_groups[0])])
        return seen, scheduler.last_epoch

    where = "swa_utils" if name == "SWALR" else "lr_scheduler"
    return case(f"optim.{where}.{name}", lambda m: run(m), dtypes=("float64",), reason=_FLOATS)


RESUMED = [
    resumed("LambdaLR", lambda t: 0.9**t),
    resumed("MultiplicativeLR", lambda t: 0.9),
    resumed("StepLR", 3),
    resumed("MultiStepLR", [5, 9]),
    resumed("ConstantLR", 0.5, 10),
    resumed("LinearLR", 0.5, 1.0, 12),
    resumed("ExponentialLR", 0.9),
    resumed("PolynomialLR", 30),
    resumed("CosineAnnealingLR", 20),
    resumed("CosineAnnealingWarmRestarts", 4, 2),
    resumed("CyclicLR", 0.01, 0.1, 5),
    resumed("OneCycleLR", 0.1, 40),
    resumed("SWALR", 0.01),
]


def the_users_own(m: Any) -> Any:
    """A schedule written for PyTorch."""

    class InverseRoot(m.optim.lr_scheduler.LRScheduler):
        def __init__(self, optimizer: Any, warmup: int, last_epoch: int = -1) -> None:
            self.warmup = warmup
            super().__init__(optimizer, last_epoch)

        def get_lr(self) -> list[Any]:
            t = self.last_epoch + 1
            return [lr * min(t**-0.5, t * self.warmup**-1.5) for lr in self.base_lrs]

    optim = optimizer(m)
    scheduler = InverseRoot(optim, 10)
    seen = []
    for _ in range(EPOCHS):
        optim.step()
        scheduler.step()
        seen.append(scheduler.get_last_lr())
    return seen, scheduler.state_dict(), isinstance(scheduler, m.optim.lr_scheduler.LRScheduler)


def begun(m: Any, name: str, *arguments: Any, **options: Any) -> Any:
    """The scheduler on an optimizer of two groups."""
    return getattr(m.optim.lr_scheduler, name)(optimizer(m, momentum=0.5), *arguments, **options)


def stepped(scheduler: Any, times: int) -> None:
    for _ in range(times):
        scheduler.optimizer.step()
        scheduler.step()


def plateau_with_another_group(m: Any) -> Any:
    scheduler = begun(m, "ReduceLROnPlateau", patience=0, min_lr=[0.0, 0.0])
    scheduler.optimizer.add_param_group({"params": m.nn.Parameter(m.ones(1))})
    for metric in (1.0, 2.0):
        scheduler.step(metric)


def mixed(m: Any, name: str, wrong: Callable[[Any, Any], Any]) -> Any:
    """SequentialLR or ChainedScheduler of a good and another scheduler."""
    s, o = m.optim.lr_scheduler, optimizer(m)
    schedulers = [s.StepLR(o, 3), wrong(s, o)]
    return (
        s.SequentialLR(o, schedulers, [5])
        if name == "SequentialLR"
        else s.ChainedScheduler(schedulers)
    )


def refuses(name: str, *changes: tuple[Any, ...] | dict[str, Any]) -> list[Case]:
    """A line for each list of arguments that the scheduler refuses."""
    return [
        raises(
            f"optim.lr_scheduler.{name}",
            lambda m, c=c: begun(m, name, **c) if isinstance(c, dict) else begun(m, name, *c),
        )
        for c in changes
    ]


REFUSALS = [
    *(
        raises(f"optim.lr_scheduler.{name}", lambda m, name=name, a=a: getattr(m.optim.lr_scheduler, name)(3, *a))
        for name, a in (("StepLR", (3,)), ("CyclicLR", (0.1, 0.2)), ("OneCycleLR", (0.1, 9)), ("ReduceLROnPlateau", ()))
    ),
    *refuses("LambdaLR", ([lambda t: t],)),
    *refuses("MultiplicativeLR", ([lambda t: t],), (3,), ([lambda t: t, "f"],)),
    *refuses("StepLR", {"step_size": 3, "last_epoch": 5}),
    *refuses("ConstantLR", (1.1,), (-0.1,)),
    *refuses("LinearLR", (0.0,), (1.1,), (0.5, 1.1), (0.5, -0.1)),
    *refuses("CosineAnnealingWarmRestarts", (0,), (2.5,), (5, 0), (5, 1.5), (5, 1, "low")),
    raises("optim.lr_scheduler.CosineAnnealingWarmRestarts", lambda m: begun(m, "CosineAnnealingWarmRestarts", 5).step(-1)),
    *refuses("CyclicLR", ([0.1], 0.2), (0.1, [0.2, 0.3, 0.4]), (0.1, 0.2, 5, 5, "square")),
    *refuses("CyclicLR", {"base_lr": 0.1, "max_lr": 0.2, "base_momentum": [0.5]}),
    raises("optim.lr_scheduler.CyclicLR", lambda m: m.optim.lr_scheduler.CyclicLR(optimizer(m, "Adagrad"), 0.1, 0.2)),
    *refuses("OneCycleLR", (0.1,), (0.1, 0), (0.1, 2.5), (0.1, None, 0, 5), (0.1, None, 5, 2.5), (0.1, None, 5)),
    *refuses("OneCycleLR", (0.1, 9, None, None, 1), (0.1, 9, None, None, 1.5), ([0.1], 9)),
    *refuses("OneCycleLR", {"max_lr": 0.1, "total_steps": 9, "anneal_strategy": "step"}),
    raises("optim.lr_scheduler.OneCycleLR", lambda m: m.optim.lr_scheduler.OneCycleLR(optimizer(m, "Adagrad"), 0.1, 9)),
    raises("optim.lr_scheduler.OneCycleLR", lambda m: stepped(begun(m, "OneCycleLR", 0.1, 9), 10)),
    *refuses("ReduceLROnPlateau", ("least",), ("min", 1.0), ("min", 0.1, 1, 0.1, "both"), {"min_lr": [0.1]}),
    raises("optim.lr_scheduler.ReduceLROnPlateau", plateau_with_another_group),
    *refuses("SequentialLR", ([], [])),
    raises("optim.lr_scheduler.SequentialLR", lambda m: mixed(m, "SequentialLR", lambda s, o: s.StepLR(optimizer(m), 3))),
    raises("optim.lr_scheduler.SequentialLR", lambda m: mixed(m, "SequentialLR", lambda s, o: s.ReduceLROnPlateau(o))),
    raises("optim.lr_scheduler.SequentialLR", lambda m: mixed(m, "SequentialLR", lambda s, o: "schedule")),
    raises("optim.lr_scheduler.SequentialLR", lambda m: (lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [4]))(m.optim.lr_scheduler, optimizer(m))),
    raises("optim.lr_scheduler.ChainedScheduler", lambda m: m.optim.lr_scheduler.ChainedScheduler([])),
    raises("optim.lr_scheduler.ChainedScheduler", lambda m: mixed(m, "ChainedScheduler", lambda s, o: s.StepLR(optimizer(m), 3))),
    raises("optim.lr_scheduler.ChainedScheduler", lambda m: mixed(m, "ChainedScheduler", lambda s, o: s.ReduceLROnPlateau(o))),
    raises("optim.lr_scheduler.ChainedScheduler", lambda m: mixed(m, "ChainedScheduler", lambda s, o: "schedule")),
    raises("optim.lr_scheduler.LRScheduler", lambda m: m.optim.lr_scheduler.LRScheduler(optimizer(m))),
    raises("optim.lr_scheduler.LRScheduler", lambda m: m.optim.lr_scheduler.LRScheduler(optimizer(m), last_epoch=3)),
    raises("optim.swa_utils.SWALR", lambda m: m.optim.swa_utils.SWALR(optimizer(m), 0.1, 5, "step")),
    raises("optim.swa_utils.SWALR", lambda m: m.optim.swa_utils.SWALR(optimizer(m), 0.1, -1)),
    raises("optim.swa_utils.SWALR", lambda m: m.optim.swa_utils.SWALR(optimizer(m), 0.1, 2.5)),
    raises("optim.swa_utils.SWALR", lambda m: m.optim.swa_utils.SWALR(optimizer(m), [0.1])),
]  # fmt: skip

CASES = [
    *SCHEDULES,
    *RESUMED,
    case("optim.lr_scheduler.LRScheduler", the_users_own, dtypes=("float64",), reason=_FLOATS),
    *REFUSALS,
]
