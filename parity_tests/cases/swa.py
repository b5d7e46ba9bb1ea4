"""Averages of weights, one line a case."""

from collections.abc import Callable
from typing import Any

from parity_tests.cases import Case, case, const, raises, randn


def net(m: Any) -> Any:
    """A network with batch norm, in float64."""
    nn = m.nn
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 2)).double()


def averaged(f: Callable[..., Any], name: str = "AveragedModel", batches: int = 6) -> Case:
    """f(swa_utils, model) -> an average of the model while SGD trains it; the results are both states."""

    def run(m: Any, x: Any, y: Any) -> Any:
        m.manual_seed(0)
        model = net(m)
        average = f(m.optim.swa_utils, model)
        optim = m.optim.SGD(model.parameters(), lr=0.1)
        seen = []
        for i in range(batches):
            optim.zero_grad()
            ((model(x * (i + 1)) - y) ** 2).mean().backward()
            optim.step()
            average.update_parameters(model)
            seen.append([p.detach().clone() for p in average.parameters()])
        m.optim.swa_utils.update_bn([(x, y), (x * 2, y)], average)
        return seen, average.state_dict(), average(x).detach(), average.training, repr(average)

    return case(
        f"optim.swa_utils.{name}",
        run,
        const(randn(8, 4)),
        const(randn(8, 2)),
        dtypes=("float64",),
        reason="the network is in float64, to which float32 inputs do not fit",
    )


def updated(m: Any, x: Any, loader: Callable[[Any], Any], **options: Any) -> Any:
    """The statistics of batch norms by update_bn, their momenta and modes."""
    model = net(m)
    model[1].momentum = 0.3
    model.eval()
    m.optim.swa_utils.update_bn(loader(x), model, **options)
    return (
        model[1].running_mean,
        model[1].running_var,
        model[1].momentum,
        model.training,
        model[1].num_batches_tracked,
    )


def without_batch_norm(m: Any, x: Any) -> Any:
    """There is nothing to compute, so the loader is not used."""
    model = m.nn.Linear(4, 2)
    m.optim.swa_utils.update_bn(iter(()), model)
    return model.training


def two(m: Any) -> Any:
    s, model = m.optim.swa_utils, m.nn.Linear(2, 2)
    return s.AveragedModel(model, avg_fn=s.get_ema_avg_fn(), multi_avg_fn=s.get_ema_multi_avg_fn())


def lists(make: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function for lists of averages and values: the averages after it."""

    def run(m: Any, a_bar: Any, a: Any, b_bar: Any, b: Any) -> Any:
        averages = [a_bar.clone(), b_bar.clone()]
        result = make(m.optim.swa_utils)(averages, [a, b], m.tensor(3))
        return averages, result

    return run


FOUR = const(randn(3, 4)), const(randn(3, 4)), const(randn(2)), const(randn(2))

CASES = [
    averaged(lambda s, model: s.AveragedModel(model)),
    averaged(lambda s, model: s.AveragedModel(model, "cpu", use_buffers=True)),
    averaged(lambda s, model: s.AveragedModel(model, avg_fn=s.get_ema_avg_fn(0.9))),
    averaged(lambda s, model: s.AveragedModel(model, avg_fn=s.get_swa_avg_fn())),
    averaged(lambda s, model: s.AveragedModel(model, multi_avg_fn=s.get_ema_multi_avg_fn(0.8))),
    averaged(lambda s, model: s.AveragedModel(model, multi_avg_fn=s.get_swa_multi_avg_fn())),
    averaged(lambda s, model: s.AveragedModel(model, multi_avg_fn=s.get_ema_multi_avg_fn(0.7), use_buffers=True)),
    averaged(lambda s, model: s.AveragedModel(model, avg_fn=lambda a_bar, a, n: a_bar * 0.25 + a * 0.75)),
    raises("optim.swa_utils.AveragedModel", two),
    case("optim.swa_utils.get_ema_avg_fn", lambda m, a_bar, a: m.optim.swa_utils.get_ema_avg_fn()(a_bar, a, 3), randn(3), randn(3)),
    case("optim.swa_utils.get_ema_avg_fn", lambda m, a_bar, a: m.optim.swa_utils.get_ema_avg_fn(decay=0.3)(a_bar, a, 3), randn(3), randn(3)),
    case("optim.swa_utils.get_swa_avg_fn", lambda m, a_bar, a: m.optim.swa_utils.get_swa_avg_fn()(a_bar, a, 3), randn(3), randn(3)),
    case("optim.swa_utils.get_ema_multi_avg_fn", lists(lambda s: s.get_ema_multi_avg_fn()), *FOUR),
    case("optim.swa_utils.get_ema_multi_avg_fn", lists(lambda s: s.get_ema_multi_avg_fn(decay=0.3)), *FOUR),
    raises("optim.swa_utils.get_swa_multi_avg_fn", lambda m: m.optim.swa_utils.get_swa_multi_avg_fn()([m.tensor([4])], [m.tensor([9])], 3)),
    case("optim.swa_utils.get_swa_multi_avg_fn", lists(lambda s: s.get_swa_multi_avg_fn()), *FOUR),
    *(
        raises(f"optim.swa_utils.{name}", lambda m, name=name, decay=decay: getattr(m.optim.swa_utils, name)(decay))
        for name in ("get_ema_avg_fn", "get_ema_multi_avg_fn")
        for decay in (-0.1, 1.1)
    ),
    case("optim.swa_utils.update_bn", lambda m, x: updated(m, x.double(), lambda x: [x, 2 * x, x[:3]]), const(randn(8, 4))),
    case("optim.swa_utils.update_bn", lambda m, x: updated(m, x.double(), lambda x: [[x, 0], (x * 3, 1)], device="cpu"), const(randn(8, 4))),
    case("optim.swa_utils.update_bn", without_batch_norm, const(randn(2))),
]  # fmt: skip
