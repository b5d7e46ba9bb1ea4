"""Surface optimizers: refnet's own, which PyTorch does not have.

The optimizers of refnet.optim are *step* optimizers. They take the loss surface as it is and make
better steps on it: averages of the last gradients (momentum, Adam) or a model of the curvature
(L-BFGS) choose direction and length. A *surface* optimizer makes plain steps on another surface,
which is smoother or has its sharp valleys filled, so that the descent ends on a wide plateau:

    LaplacianSGD   f in coordinates that couple neighbouring parameters
    SAM            max f(θ + ε) over ‖ε‖ ≤ ρ: raises points that have a high point nearby
    EntropySGD     −log ∫ exp(−f(θ′) − ½γ‖θ − θ′‖²) dθ′: the width of a valley counts too

Averaging weights is related: the mean of the points that a step optimizer visits tends to lie
where the surface is flat. It is part of PyTorch, so it is in refnet.optim.swa_utils.

SAM and EntropySGD take gradients at other points than θ, so their step() needs a closure, which it
calls several times:

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    optimizer.step(closure)
"""

from refnet.optim.surface.entropy_sgd import EntropySGD as EntropySGD
from refnet.optim.surface.laplacian_sgd import LaplacianSGD as LaplacianSGD
from refnet.optim.surface.sam import SAM as SAM
