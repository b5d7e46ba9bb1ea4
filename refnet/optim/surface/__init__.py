"""Surface optimizers: refnet's own, which PyTorch does not have.

The optimizers of refnet.optim are *step* optimizers. They take the loss surface as it is, and make
better steps on it: averages over the last gradients (momentum, Adam) or a model of the curvature (L-BFGS)
choose their direction and length. A *surface* optimizer makes plain steps, but on another surface, which is
smoother or has its sharp valleys filled, so that the descent ends on a wide plateau:

    LaplacianSGD   f in coordinates in which neighbouring parameters hold together
    SAM            max f(θ + ε) over ‖ε‖ ≤ ρ: lifts what is not low all around
    EntropySGD     −log ∫ exp(−f(θ′) − ½γ‖θ − θ′‖²) dθ′: a valley counts by its width too

Averaging weights belongs to them: the mean of the points that a step optimizer visits lies where the
surface is flat. It is PyTorch's, and stands in refnet.optim.swa_utils.

The gradients of SAM and EntropySGD are taken at other points than θ, so their step() needs a
closure, which it calls several times:

    def closure():
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        return loss

    optimizer.step(closure)
"""

from refnet.optim.surface.entropy_sgd import EntropySGD as EntropySGD
from refnet.optim.surface.laplacian_sgd import LaplacianSGD as LaplacianSGD
from refnet.optim.surface.sam import SAM as SAM
