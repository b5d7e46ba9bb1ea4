"""A step of sharpness-aware minimisation

Write one step of SAM for any number of parameters: with ε = ρ g / ‖g‖, where ‖g‖ is the norm over
*all* parameters together, take the gradient at θ + ε and make a plain step from θ. If all gradients
are zero, nothing moves. Do not change the arrays that you are given.
"""

import numpy as np

import refnet
from refnet.optim.surface import SAM

START = '''
import numpy as np

def sam_step(gradient, params, lr, rho):
    """gradient: a function of a list of arrays, which returns such a list; params: a list of
    arrays; returns the new list"""
    ...
'''
HINTS = (
    "The norm: `np.sqrt(sum((g**2).sum() for g in gradient(params)))`.",
    "The second gradient is taken at θ + ε, but the step starts at θ.",
)
SOLUTION = """
import numpy as np

def sam_step(gradient, params, lr, rho):
    g = gradient(params)
    norm = np.sqrt(sum((a**2).sum() for a in g))
    if norm == 0:
        return [p.copy() for p in params]
    worst = gradient([p + rho * a / norm for p, a in zip(params, g)])
    return [p - lr * a for p, a in zip(params, worst)]
"""
MISTAKES = {
    "a norm for each parameter": SOLUTION.replace(
        "rho * a / norm", "rho * a / np.sqrt((a**2).sum())"
    ),
    "the step starts at the worst point": SOLUTION.replace(
        "[p - lr * a for p, a in zip(params, worst)]",
        "[p + rho * b / norm - lr * a for p, a, b in zip(params, worst, g)]",
    ),
    "downhill instead of uphill": SOLUTION.replace("p + rho", "p - rho"),
    "the first gradient": SOLUTION.replace("zip(params, worst)", "zip(params, g)"),
}


def check(sam_step):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(9)

    def cost(a, b):
        return (a.exp() * a * a).sum() + (a.sum() * b).sum() ** 2 + (b**4).sum()

    def gradient(arrays):
        tensors = [refnet.tensor(x).requires_grad_() for x in arrays]
        return [g.numpy() for g in refnet.autograd.grad(cost(*tensors), tensors)]

    for rho in (0.05, 0.8):
        params = [rng.standard_normal((2, 3)), 3 * rng.standard_normal(4)]
        kept = [p.copy() for p in params]
        tensors = [refnet.tensor(p).requires_grad_() for p in params]
        optimizer = SAM(tensors, refnet.optim.SGD, rho=rho, lr=0.01)

        def closure(optimizer=optimizer, tensors=tensors):
            optimizer.zero_grad()
            loss = cost(*tensors)
            loss.backward()
            return loss

        optimizer.step(closure)
        got = sam_step(gradient, params, 0.01, rho)
        assert got is not None, "sam_step() returned None"
        assert len(got) == 2, f"expected a list of 2 arrays, got {len(got)}"
        for p, k in zip(params, kept, strict=True):
            assert np.array_equal(p, k), "expected the given arrays to stay as they are"
        for new, right in zip(got, tensors, strict=True):
            right = right.detach().numpy()
            assert np.allclose(new, right, rtol=1e-9), (
                f"expected {right.ravel()[:3].round(5)} … with ρ = {rho}, got "
                f"{np.ravel(new)[:3].round(5)} …"
            )
    zero = [np.zeros((2, 3)), np.zeros(4)]
    got = sam_step(gradient, zero, 0.01, 0.1)
    assert all(np.array_equal(a, b) for a, b in zip(got, zero, strict=True)), (
        "expected no move where all gradients are zero"
    )
