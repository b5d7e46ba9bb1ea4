"""Model files written for PyTorch run on refnet as they are, and compute the same.

The files of model_files/ contain `import torch`; under refnet.as_torch() they import refnet. The
test compares the initial parameters from a seed, the repr and, in training and in evaluation, every
output, gradient and buffer, also with dropout.
"""

import functools
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import refnet
from parity_tests.cases import Input, bools, const, ints, randn, uniform, values
from parity_tests.networks import assert_equal_networks

# The file, what makes the model of the imported file, and its inputs.
MODELS: list[tuple[str, Callable[[Any], Any], list[Input]]] = [
    ("cifar_resnet", lambda f: f.resnet8(), [randn(2, 3, 32, 32)]),
    ("cifar_resnet", lambda f: f.resnet8_b(), [randn(2, 3, 32, 32)]),
    ("cifar_resnet", lambda f: f.resnet_bottleneck(), [randn(2, 3, 16, 16)]),
    ("densenet", lambda f: f.DenseNet(), [randn(2, 3, 32, 32)]),
    ("densenet", lambda f: f.DenseNet(drop_rate=0.2), [randn(2, 3, 32, 32)]),
    ("densenet", lambda f: f.DenseNet(memory_efficient=True), [randn(2, 3, 32, 32)]),
    ("unet", lambda f: f.UNet(), [randn(2, 3, 14, 18)]),
    ("unet", lambda f: f.UNet(bilinear=True), [randn(2, 3, 13, 18)]),
    ("unet", lambda f: f.DiceUNet(), [randn(2, 3, 12, 12)]),
    ("fpn_detector", lambda f: f.FPN(), [randn(1, 3, 64, 64)]),
    ("fpn_detector", lambda f: f.RetinaNet(), [randn(2, 3, 64, 64)]),
    ("mingpt", lambda f: f.GPT(), [ints(2, 9, high=11), ints(2, 9, low=-1, high=11)]),
    ("mingpt", lambda f: f.flash_gpt(), [ints(2, 9, high=11)]),
    *(
        (
            "word_language_model",
            lambda f, kind=kind: f.RNNModel(kind, 13, 6, 6, 2, dropout=0.3, tie_weights=True),
            [ints(5, 3, high=13)],
        )
        for kind in ("LSTM", "GRU", "RNN_TANH", "RNN_RELU")
    ),
    ("word_language_model", lambda f: f.Truncated("LSTM", 13, 5, 6, 1), [ints(8, 3, high=13)]),
    ("word_language_model", lambda f: f.TransformerModel(13, 8, 2, 12, 2), [ints(5, 3, high=13)]),
    ("style_transfer", lambda f: f.TransformerNet(), [randn(2, 3, 16, 16, scale=50.0)]),
    (
        "style_transfer",
        lambda f: f.PerceptualLoss(),
        [randn(2, 3, 16, 16, scale=50.0), const(randn(2, 3, 16, 16, scale=50.0))],
    ),
    ("mobile_nets", lambda f: f.MobileNet(), [randn(2, 3, 16, 16)]),
    ("mobile_nets", lambda f: f.ShuffleUnit(8), [randn(2, 8, 5, 5)]),
    ("mobile_nets", lambda f: f.EfficientBlock(), [randn(3, 6, 5, 5)]),
    ("generative", lambda f: f.VAE(), [randn(3, 20)]),
    ("generative", lambda f: f.GAN(), [randn(2, 5, 1, 1), randn(2, 3, 16, 16)]),
    ("generative", lambda f: f.MADE(), [randn(4, 5)]),
    ("generative", lambda f: f.NormalizingFlow(), [randn(5, 4)]),
    ("vision_transformers", lambda f: f.VisionTransformer(), [randn(2, 3, 8, 8)]),
    ("vision_transformers", lambda f: f.SwinBlock(), [randn(2, 16, 8)]),
    ("vision_transformers", lambda f: f.ConvNeXtBlock(), [randn(2, 6, 8, 8)]),
    ("sequences", lambda f: f.Translator(), [ints(4, high=9), ints(3, high=7)]),
    ("sequences", lambda f: f.TemporalConvNet(), [randn(2, 3, 9)]),
    ("sequences", lambda f: f.GatedCausal(), [randn(2, 4, 9)]),
    ("sequences", lambda f: f.Tagger(), [ints(3, 5, high=12), values([3, 5, 2])]),
    ("assorted", lambda f: f.GAT(), [randn(6, 5), bools(6, 6)]),
    ("assorted", lambda f: f.STN(), [randn(2, 1, 12, 12)]),
    ("assorted", lambda f: f.CapsuleRouting(), [randn(2, 5, 3)]),
    ("assorted", lambda f: f.SiameseNetwork(), [randn(2, 1, 6, 6), randn(2, 1, 6, 6)]),
    ("assorted", lambda f: f.Policy(), [randn(3, 4)]),
    ("assorted", lambda f: f.DANN(), [uniform(4, 6)]),
    ("assorted", lambda f: f.PositionalMLP(), [randn(2, 5, 3)]),
]


@functools.cache
def load(file: str, library: str) -> ModuleType:
    """The file, imported for one library; each library has a module of its own."""
    name = f"parity_tests.model_files.{file}"
    sys.modules.pop(name, None)
    if library == "torch":
        return importlib.import_module(name)
    with refnet.as_torch():
        module = importlib.import_module(name)
    del sys.modules[name]
    return module


def names(case: Any) -> str | None:
    return case if isinstance(case, str) else None


@pytest.mark.parametrize(("file", "make", "inputs"), MODELS, ids=names)
def test_a_model_file_computes_what_it_computes_on_pytorch(
    file: str, make: Callable[[Any], Any], inputs: list[Input]
) -> None:
    assert_equal_networks(lambda library: make(load(file, library.__name__)), inputs)
