"""Mistakes that a type checker must find: mypy says so if one of the comments is not needed."""

import refnet
import refnet.nn.functional as F
from refnet import nn, optim
from refnet.nn import Liner  # type: ignore[attr-defined]
from refnet.nn.functional import reul  # type: ignore[attr-defined]

x = refnet.ones(3)


class Net(nn.Module):
    def forward(self, x: refnet.Tensor) -> tuple[refnet.Tensor, refnet.Tensor]:
        return x, x


refnet.relux(x)  # type: ignore[attr-defined]
refnet.landscap  # type: ignore[attr-defined]
refnet.fft  # type: ignore[attr-defined]
nn.Liner(2, 2)  # type: ignore[attr-defined]
nn.init.xavier_unifrom_  # type: ignore[attr-defined]
nn.utils.clip_grads_norm_  # type: ignore[attr-defined]
F.reul(x)  # type: ignore[attr-defined]
optim.Adma  # type: ignore[attr-defined]
optim.lr_scheduler.StepLr  # type: ignore[attr-defined]
refnet.linalg.nrom(x)  # type: ignore[attr-defined]
refnet.func.vamp  # type: ignore[attr-defined]
refnet.autograd.functional.hessain  # type: ignore[attr-defined]
refnet.utils.data.Dataloader  # type: ignore[attr-defined]
refnet.cuda.is_avaliable()  # type: ignore[attr-defined]
refnet.backends.cudnn.is_avaliable()  # type: ignore[attr-defined]
refnet.random.manual_sed(0)  # type: ignore[attr-defined]
refnet.testing.check_pulback  # type: ignore[attr-defined]
x.shap  # type: ignore[attr-defined]
x.sum().itme()  # type: ignore[attr-defined]
nn.Linear(2)  # type: ignore[call-arg]
nn.Linear(2, 2)("x")  # type: ignore[arg-type]
nn.Linear(2, 2)(x, x)  # type: ignore[call-arg]
Net()(x).sum()  # type: ignore[attr-defined]
Net()(input=x)  # type: ignore[call-arg]
