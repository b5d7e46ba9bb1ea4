"""What a type checker sees of a user's program: `mypy tests/typing`, strictly, must find nothing
here.
"""

from typing import Any, assert_type

import numpy as np

import refnet
import refnet.nn.functional as F
from refnet import Tensor, nn, optim
from refnet.utils.data import DataLoader, TensorDataset

# --- names that are imported later -------------------------------------------------------------

x = refnet.randn(3, 2)
refnet.testing.check_pullback
refnet.landscape.Surface
refnet.models.resnet
refnet.training
refnet.approximation
refnet.studies
refnet.backends.cudnn.benchmark = True
refnet.autograd.functional.hvp
refnet.func.functional_call
refnet.nn.grad.conv2d_input
refnet.nn.modules.Linear
refnet.optim.lr_scheduler.StepLR
refnet.utils.checkpoint.checkpoint
assert_type(refnet.cuda.is_available(), bool)
assert_type(refnet.linalg.norm(x), Tensor)
refnet.save({"x": x}, "x.safetensors")
refnet.load("x.safetensors")
refnet.draw

# --- tensors -----------------------------------------------------------------------------------

assert_type(refnet.relu(x), Tensor)
assert_type(x.shape, refnet.Size)
assert_type(x.size(), refnet.Size)
assert_type(x.size(0), int)
assert_type(x.sum(), Tensor)
assert_type(x.mean(0, keepdim=True), Tensor)
assert_type(x.sum().item(), int | float)
assert_type(float(x.sum()), float)
assert_type(x @ x.T, Tensor)
assert_type(1 - x / 2, Tensor)
assert_type(-(x**2), Tensor)
assert_type(x[0], Tensor)
assert_type(x[:, None], Tensor)
assert_type(x == x, Tensor)
assert_type(x > 0, Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(1).indices, Tensor)
assert_type(x.max(x), Tensor)
assert_type(x.nonzero(), Tensor)
assert_type(refnet.where(x > 0, x, 0.0), Tensor)
assert_type(refnet.unique(x), Tensor)
for at_least in (refnet.atleast_1d, refnet.atleast_2d, refnet.atleast_3d):
    assert_type(at_least(x), Tensor)
    assert_type(at_least(x, x), tuple[Tensor, ...])
    assert_type(at_least([x, x]), tuple[Tensor, ...])
assert_type(x.view(-1).to(refnet.float64), Tensor)
assert_type(x.grad, Tensor | None)
assert_type(x.backward(), None)
assert_type(x.tolist(), Any)
assert_type(x.numpy(), np.ndarray[tuple[Any, ...], np.dtype[Any]])
assert_type(len(x), int)
for row in x:
    assert_type(row, Tensor)

# --- networks ----------------------------------------------------------------------------------


class Net(nn.Module):
    scale: Tensor

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, width)
        self.head = nn.Sequential(nn.ReLU(), nn.MaxPool1d(2), nn.Linear(width // 2, 1))
        self.layers = nn.ModuleList([nn.Linear(1, 1) for _ in range(3)])
        self.register_buffer("scale", refnet.ones(1))

    def forward(self, x: Tensor, steps: int = 1) -> Tensor:
        x = F.relu(self.hidden(x)) * self.scale
        for layer in self.layers[:steps]:
            x = layer(x)
        return self.head(x)


class Encoder(nn.Module):
    """Its forward gives a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(2, 4)
        self.attention = nn.MultiheadAttention(4, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y, (h, _) = self.lstm(x)
        weighted, _ = self.attention(y, y, y)
        return weighted, h


net, encoder = Net(), Encoder()
assert_type(nn.Linear(2, 2)(x), Tensor)
assert_type(nn.Linear(2, 2).weight, nn.Parameter)
assert_type(net(x), Tensor)
assert_type(net(x, steps=2), Tensor)
assert_type(encoder(x), tuple[Tensor, Tensor])
assert_type(nn.Sequential(net, net)(x), Tensor)
assert_type(nn.MSELoss()(net(x), x), Tensor)
assert_type(F.cross_entropy(net(x), x), Tensor)
assert_type(F.max_pool2d(x, 2), Tensor)
any_network: nn.Module = net
assert_type(any_network(x, anything=1), Any)

# --- a training --------------------------------------------------------------------------------


def train(net: Net, epochs: int) -> float:
    optimizer = optim.Adam(net.parameters(), lr=1e-3)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 10)
    loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=2, shuffle=True)
    total = 0.0
    for _ in range(epochs):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(net(inputs), targets)
            loss.backward()
            optimizer.step()
            total += loss.item()
        scheduler.step()
    with refnet.no_grad():
        return total + net(x).mean().item()
