"""Tensor itself: attributes, conversion to Python and NumPy, graph, dtype and memory."""

import copy
import operator

from parity_tests.cases import bools, case, const, ints, method, raises, randn, special, values


def _hooked(x):
    """The gradients seen by a hook that doubles them, and by one that was removed."""
    seen = []
    y = x * 3
    x.register_hook(lambda g: seen.append(g))
    y.register_hook(lambda g: 2 * g)
    y.register_hook(lambda g: seen.append(g)).remove()
    (y * y).backward(x.detach().cos())
    return seen, x.grad


def _retained(x):
    y = x * 2
    before = y.retains_grad
    y.retain_grad()
    (y * y).backward(x.detach().cos())
    return before, y.retains_grad, y.grad, x.grad


def _twice(x):
    """Gradients accumulate over two passes through a retained graph."""
    y, dy = x * x, x.detach().cos()
    y.backward(dy, retain_graph=True)
    first = x.grad.clone()
    y.backward(dy)
    return first, x.grad.clone()


def _only_into(m, x, y):
    """backward(inputs=...) fills no other .grad."""
    (x * y).backward(x.detach().cos(), inputs=[x])
    return x.grad, y.grad is None


def _refused(x):
    x = x.detach()
    x.requires_grad = True
    return x.requires_grad, x.requires_grad_(False).requires_grad, x.is_leaf


def _assigned(m, x):
    y = x.detach().clone()
    y.data = y.data * 2
    y.grad = y.cos()
    had = y.grad.clone()
    y.grad = None
    return y, had, y.grad


def _view_written(x):
    """A write through a view shows in the base, and gradients find their way, several deep."""
    y = x * 2
    row = y[1]
    entry = row[1:]
    entry.mul_(3)
    y.t()[0].add_(x[:, 0])
    return y * y, row * 1, entry * 1


def _base_written(x):
    """A write to the base shows in its views."""
    y = x * 2
    column, part = y[:, 0], y[:1]
    y.mul_(x)
    y[0] = x[1]
    return column * 2, part * x, y * 1


def _detached_in_place(x):
    y = x * 2
    y.detach_()
    return y.requires_grad, y.is_leaf, y * 1


def _defaults(m):
    """The default dtype of new tensors, restored afterwards."""
    before = str(m.get_default_dtype())
    m.set_default_dtype(m.float64)
    try:
        return before, str(m.get_default_dtype()), m.tensor([1.5]), m.zeros(2)
    finally:
        m.set_default_dtype(m.float32)


def _threads(m):
    """The number of threads, restored afterwards."""
    before, counts = m.get_num_threads(), []
    try:
        for n in (3, 1, 2):
            counts.append((m.set_num_threads(n), m.get_num_threads()))
        return counts
    finally:
        m.set_num_threads(before)


CASES = [
    # the library's own classes and defaults
    case("Tensor", lambda m: (m.Tensor([1, 2]), m.Tensor(2, 0), m.Tensor(), m.Tensor(m.ones(2)))),
    case("Tensor", lambda m: m.Tensor([[1.5], [2.5]], device="cpu")),
    raises("Tensor", lambda m: m.Tensor(2.5)),
    case("Size", lambda m, x: (repr(m.Size((2, 3))), m.Size([2, 3]).numel(), repr(x.shape[1:])), randn(2, 3)),
    case("Size", lambda m, x: (x.shape + (1,), x.shape == (2, 3), repr(x.shape * 2)), randn(2, 3)),
    case("device", lambda m: (repr(m.device("cpu")), str(m.device(type="cpu")))),
    case("device", lambda m: (m.device("cpu") == m.device("cpu"), {m.device("cpu"): 1}, m.device("cpu", 0) == m.device("cpu:0"))),
    raises("device", lambda m: m.device("abacus")),
    case("get_default_dtype", _defaults),
    case("set_default_dtype", _defaults),
    raises("set_default_dtype", lambda m: m.set_default_dtype(m.int64)),
    case("get_num_threads", _threads),
    case("set_num_threads", _threads),
    *(raises("set_num_threads", lambda m, n=n: m.set_num_threads(n)) for n in (0, -1, 1.5, True, "2", None)),
    case("result_type", lambda m, x, i, b: [str(m.result_type(p, q)) for p in (x, i, b, 1, 2.5) for q in (x, i, b)],
         randn(2), ints(2), bools(2)),
    case("result_type", lambda m, x, i: (str(m.result_type(x, i)), str(m.result_type(i, 1.5))),
         randn(), ints(2)),
    # what it is
    method("shape", lambda x: (tuple(x.shape), x.shape[1], x.shape.numel()), randn(2, 3)),
    method("shape", lambda x: repr(x.shape), randn(2, 3)),
    method("size", lambda x: (tuple(x.size()), x.size(0), x.size(dim=-1)), randn(2, 3)),
    raises("Tensor.size", lambda m, x: x.size(2), randn(2, 3)),
    method("dtype", lambda x, i, b: (str(x.dtype), repr(i.dtype), repr(b.dtype)),
           randn(2), ints(2), bools(2)),
    method("dtype", lambda x: (x.dtype.itemsize, x.dtype.is_floating_point, x.dtype.is_complex), randn(2)),
    method("ndim", lambda x: x.ndim, randn(2, 3)),
    method("dim", lambda x: (x.dim(), x.ndimension()), randn(2, 3, 1)),
    method("numel", lambda x: (x.numel(), x.nelement()), randn(2, 3)),
    method("numel", lambda x: x.numel(), randn(2, 0)),
    method("element_size", lambda x: x.element_size(), randn(2)),
    method("itemsize", lambda x: x.itemsize, randn(2)),
    method("nbytes", lambda x: x.nbytes, randn(2, 3)),
    method("device", lambda x: (str(x.device), x.device.type), randn(2)),
    method("is_cuda", lambda x: x.is_cuda, randn(2)),
    method("get_device", lambda x: x.get_device(), randn(2)),
    method("stride", lambda x: (x.stride(), x.stride(1), x.t().stride(), x.stride(dim=0), x.stride(axis=1)), randn(2, 3)),
    method("is_contiguous", lambda x: (x.is_contiguous(), x.t().is_contiguous()), randn(2, 3)),
    method("data_ptr", lambda x: x.data_ptr() == x.detach().data_ptr(), randn(2)),
    method("is_floating_point", lambda x, i: (x.is_floating_point(), i.is_floating_point()),
           randn(2), ints(2)),
    method("is_complex", lambda x: x.is_complex(), randn(2)),
    method("__len__", lambda x: len(x), randn(3, 2)),
    raises("Tensor.__len__", lambda m, x: len(x), randn()),
    method("__iter__", lambda x: [3 * row for row in x], randn(3, 2)),
    method("__iter__", lambda x: (lambda a, b: a * b)(*x), randn(2, 3)),
    raises("Tensor.__iter__", lambda m, x: list(x), randn()),
    case("Tensor", lambda m: (lambda x: (hash(x) == hash(x), len({x, x, x * 1})))(m.Tensor([1.0]))),
    case("norm", lambda m, x: m.norm(x, dtype=m.float64), randn(2, 3)),
    method("__dir__", lambda x: {"sum", "grad", "shape", "backward"} <= set(dir(x)), randn(3)),
    # repr: the digits, the dtype, what made it
    method("__repr__", lambda x: repr(x.detach()), randn(2, 3)),
    method("__repr__", lambda x: repr(x.detach()), randn(4)),
    method("__repr__", lambda x: repr(x), values([[1.0, 2.0], [3.0, 4.0]])),
    method("__repr__", lambda x: repr(x), values([0.001, 1000.0, 123456.0])),
    method("__repr__", lambda x: repr(x), values([1e-8, 1.0, 1e8])),
    method("__repr__", lambda x: repr(x), special(3, 4)),
    method("__repr__", lambda x: repr(x), values(3.5)),
    method("__repr__", lambda x: repr(x), values([[1, 200], [-3, 4]])),
    method("__repr__", lambda x: repr(x), values([True, False])),
    method("__repr__", lambda x: repr(x), randn(0)),
    method("__repr__", lambda x: repr(x), randn(2, 0, 3)),
    method("__repr__", lambda x: repr(x.detach()), randn(3, 2, 2)),
    method("__repr__", lambda x: repr(x.detach()), randn(40, 30)),
    method("__repr__", lambda x: repr(x.detach()), randn(2000)),
    method("__repr__", lambda x: str(x * 2), values([1.0, 2.0])),
    method("__repr__", lambda x: str(x.sum()), values([1.0, 2.0])),
    method("__format__", lambda x: (f"{x:.3f}", f"{x.detach()}"), values(2.5)),
    method("__rfloordiv__", lambda x: 7 // x, const(values([2.0, -2.0, 3.5]))),
    method("__rmod__", lambda x: (7 % x, -2.5 % x), const(values([2.0, -2.0, 3.5]))),
    method("__invert__", lambda i, b: (~i, ~b), ints(3, low=-3), bools(3)),
    raises("Tensor.__invert__", lambda m, x: ~x, randn(2)),
    raises("Tensor.__delitem__", lambda m, x: operator.delitem(x, 0), randn(2)),
    method("__pos__", lambda x, i: (+x, +i), randn(2, 3), ints(3)),
    # out to Python and NumPy
    method("item", lambda x, i, b: (x.item(), i.item(), b.item()), randn(1, 1), ints(), bools()),
    raises("Tensor.item", lambda m, x: x.item(), randn(2)),
    method("tolist", lambda x, i, b: (x.tolist(), i.tolist(), b.tolist()), randn(2, 2), ints(2), bools(2)),
    method("tolist", lambda x: x.tolist(), randn()),
    method("numpy", lambda x: (x.numpy(), x.numpy(force=True)), const(randn(2, 3))),
    method("numpy", lambda x: x.numpy(force=True), randn(2, 3)),
    raises("Tensor.numpy", lambda m, x: x.numpy(), randn(2)),
    method("__array__", lambda x: (x.__array__(), x.__array__("float32")), const(randn(2, 3))),
    method("__array_wrap__", lambda x: x.__array_wrap__(2 * x.numpy()), const(randn(2, 3))),
    method("__complex__", lambda x, i: (complex(x), complex(i)), randn(), ints(1)),
    raises("Tensor.__complex__", lambda m, x: complex(x), randn(2)),
    method("__reversed__", lambda x, y: (reversed(x), reversed(y)), randn(3, 2), randn()),
    method("__bool__", lambda x, b: (bool(x), bool(b), not x), values([[1.5]]), values(False)),
    raises("Tensor.__bool__", lambda m, x: bool(x), randn(2)),
    raises("Tensor.__bool__", lambda m, x: bool(x), randn(0)),
    method("__float__", lambda x, i: (float(x), float(i)), randn(), ints(1)),
    raises("Tensor.__float__", lambda m, x: float(x), randn(2)),
    method("__int__", lambda x, i: (int(x), int(i)), values([2.7]), ints()),
    method("__index__", lambda i: [10, 20, 30][i], values(1)),
    raises("Tensor.__index__", lambda m, x: [1, 2][x], randn()),
    method("__contains__", lambda x, i: (2.0 in x, 9 in x, i in x), values([1.0, 2.0]), values(1)),
    # its place on the tape
    method("requires_grad", lambda x, i: (x.requires_grad, (x * 2).requires_grad, i.requires_grad),
           randn(2), ints(2)),
    method("requires_grad", _refused, randn(2)),
    method("requires_grad_", lambda i: i.double().requires_grad_().requires_grad, ints(2)),
    method("requires_grad_", lambda x: x.detach().requires_grad_(False).requires_grad, randn(2)),
    raises("Tensor.requires_grad_", lambda m, i: i.requires_grad_(), ints(2)),
    raises("Tensor.requires_grad_", lambda m, x: (x * 2).requires_grad_(False), randn(2)),
    method("is_leaf", lambda x: (x.is_leaf, (x * 2).is_leaf, x.detach().is_leaf), randn(2)),
    method("grad_fn", lambda x: (x.grad_fn is None, (x + x).grad_fn.name(), (x * 2).grad_fn is None), randn(2)),
    method("output_nr", lambda x: (x.output_nr, x.max(0)[0].output_nr), randn(2, 3)),
    method("grad", lambda x: x.grad, randn(2)),
    case("Tensor.grad", _assigned, randn(2)),
    raises("Tensor.grad", lambda m, x: setattr(x, "grad", x.detach()[:1]), randn(2)),
    method("backward", lambda x: ((x * x * x.detach()).sum().backward(), x.grad)[1], randn(3, 2)),
    method("backward", lambda x: (x.sin().backward(gradient=x.detach()), x.grad)[1], randn(3, 2)),
    method("backward", _twice, randn(3)),
    case("Tensor.backward", _only_into, randn(3), randn(3)),
    raises("Tensor.backward", lambda m, x: (x * x).backward(), randn(3)),
    raises("Tensor.backward", lambda m, x: (x * x).backward(x.detach()[:2]), randn(3)),
    raises("Tensor.backward", lambda m, x: x.detach()[0].backward(), randn(3)),
    raises("Tensor.backward", lambda m, x: [y.backward() for y in [(x * x).sum()] * 2], randn(3)),
    method("detach", lambda x: (x.detach() * x, x.detach().requires_grad), randn(3)),
    method("detach_", _detached_in_place, randn(3)),
    method("data", lambda x: (x.data, x.data.requires_grad), randn(3)),
    case("Tensor.data", _assigned, randn(3)),
    method("retain_grad", _retained, randn(3)),
    raises("Tensor.retain_grad", lambda m, x: x.detach().retain_grad(), randn(3)),
    method("retains_grad", _retained, randn(3)),
    method("register_hook", _hooked, randn(3)),
    raises("Tensor.register_hook", lambda m, x: x.detach().register_hook(print), randn(3)),
    # dtype and memory
    case("Tensor.to", lambda m, x: (x.to(m.float32), x.to(m.float64), x.to(m.int64)), randn(3)),
    case("Tensor.to", lambda m, x, i: (x.to(i), i.to(x), i.to(dtype=m.float32)), randn(3), ints(3)),
    case("Tensor.to", lambda m, x: (x.to("cpu") is x, x.to("cpu", m.float16)), randn(3)),
    case("Tensor.to", lambda m, x: x.to(x.dtype, copy=True) is x, randn(3)),
    method("type", lambda x, i: (x.type(), i.type()), randn(3), ints(3)),
    case("Tensor.type", lambda m, x: (x.type(m.float32), x.type(m.int32)), randn(3)),
    method("type_as", lambda x, i: (x.type_as(i), i.type_as(x)), randn(3), ints(3)),
    method("float", lambda x, i: (x.float(), i.float()), randn(3), ints(3)),
    method("double", lambda x, i: (x.double(), i.double()), randn(3), ints(3)),
    method("half", lambda x: x.half(), const(randn(3))),
    method("long", lambda x: (x * 3).long(), randn(5)),
    method("int", lambda x: (x * 3).int(), randn(5)),
    method("bool", lambda x, i: (x.bool(), i.bool()), values([0.0, 0.5, -2.0]), ints(5)),
    method("byte", lambda i: i.byte(), ints(5)),
    method("cpu", lambda x: x.cpu() is x, randn(3)),
    method("mul_", _view_written, randn(3, 4)),
    method("mul_", _base_written, randn(3, 4)),
    method("round", lambda x: (x.round(decimals=2), x.round(decimals=-1)), randn(5, scale=30.0)),
    method("clone", lambda x: (x.clone(), x.clone() is x, x.t().clone().stride()), randn(2, 3)),
    method("contiguous", lambda x: (x.contiguous(), x.t().contiguous(), x.t().contiguous().stride()),
           randn(2, 3)),
    method("__deepcopy__", lambda x: (copy.deepcopy(x) * 2, x.__deepcopy__({}) is x), randn(2, 3)),
    raises("Tensor.__deepcopy__", lambda m, x: (x * 2).__deepcopy__({}), randn(2)),
]  # fmt: skip
