"""Files that travel: what PyTorch writes with safetensors loads here, and the other way."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

import refnet


def cnn(m: Any) -> Any:
    nn = m.nn
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(144, 3),
    )


def trained(m: Any, seed: int) -> Any:
    """A network whose parameters and buffers are no longer the initial ones."""
    m.manual_seed(seed)
    model = cnn(m)
    model(m.randn(5, 1, 8, 8)).pow(2).mean().backward()
    m.optim.SGD(model.parameters(), lr=0.1).step()
    return model


def output(m: Any, model: Any) -> Any:
    x = np.random.default_rng(0).standard_normal((2, 1, 8, 8)).astype(np.float32)
    return model.eval()(m.from_numpy(x)).detach().numpy()


def assert_equal(ours: Any, theirs: Any) -> None:
    assert list(ours) == list(theirs)
    for name, x in theirs.items():
        assert str(ours[name].dtype).split(".")[1] == str(x.dtype).split(".")[1]
        np.testing.assert_array_equal(ours[name].numpy(), x.numpy(), strict=True)


def test_a_model_of_pytorch_loads_by_name(tmp_path: Path) -> None:
    theirs = trained(torch, 1)
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "m.safetensors")
    ours = trained(refnet, 2)
    ours.load_state_dict(refnet.load(tmp_path / "m.safetensors"))
    assert_equal(ours.state_dict(), theirs.state_dict())
    # 6.0e-8 was measured, of values up to 0.5
    np.testing.assert_allclose(output(refnet, ours), output(torch, theirs), rtol=0, atol=3e-7)


def test_a_model_of_refnet_loads_by_name(tmp_path: Path) -> None:
    ours = trained(refnet, 1)
    refnet.save(ours.state_dict(), tmp_path / "m.safetensors")
    theirs = trained(torch, 2)
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "m.safetensors"))
    assert_equal(ours.state_dict(), theirs.state_dict())
    assert_equal(refnet.load(tmp_path / "m.safetensors"), ours.state_dict())  # in order


def test_tied_weights_travel_both_ways(tmp_path: Path) -> None:
    def tied(m: Any) -> Any:
        m.manual_seed(0)
        model = m.nn.Sequential(m.nn.Linear(3, 3), m.nn.Linear(3, 3))
        model[1].weight = model[0].weight
        return model

    ours, theirs = tied(refnet), tied(torch)
    refnet.save(ours.state_dict(), tmp_path / "ours.safetensors")
    theirs.load_state_dict(safetensors.torch.load_file(tmp_path / "ours.safetensors"))
    safetensors.torch.save_model(theirs, tmp_path / "theirs.safetensors")
    assert len(safetensors.torch.load_file(tmp_path / "theirs.safetensors")) == 3
    loaded = refnet.load(tmp_path / "theirs.safetensors")
    assert {k: v.tolist() for k, v in loaded.items()} == {
        k: v.tolist() for k, v in theirs.state_dict().items()
    }
    ours.load_state_dict(loaded)
    assert ours[0].weight is ours[1].weight


KINDS = {
    "0-d": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "bool": torch.tensor([True, False]),
    "float16": torch.tensor([1.5, -0.0]).half(),
    "float64": torch.tensor([0.1], dtype=torch.float64),
    "a.b..c": torch.arange(3),
    'quote "\n\\ é 𝛼': torch.tensor([1], dtype=torch.int8),
    "not contiguous": torch.arange(6, dtype=torch.int16).reshape(2, 3).t(),
    "uint8": torch.tensor([255], dtype=torch.uint8),
    "int32": torch.tensor([[-(2**31)]], dtype=torch.int32),
}


def test_every_dtype_shape_and_name(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    safetensors.torch.save_file({k: v.contiguous() for k, v in KINDS.items()}, path)
    loaded = refnet.load(path)
    assert_equal(dict(sorted(loaded.items())), dict(sorted(KINDS.items())))
    views = {name: x.t().contiguous().t() if x.ndim == 2 else x for name, x in loaded.items()}
    refnet.save(views, path)
    assert_equal(refnet.load(path), {name: KINDS[name] for name in views})
    theirs = safetensors.torch.load_file(path)
    assert_equal(dict(sorted(views.items())), dict(sorted(theirs.items())))


def test_a_dtype_that_refnet_has_not(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    safetensors.torch.save_file({"w": torch.zeros(2, dtype=torch.uint16)}, path)
    with pytest.raises(RuntimeError, match=r"the entry 'w' has the dtype U16.*supports F64, F32"):
        refnet.load(path)


def test_bfloat16_becomes_float32(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    x = torch.randn(3, 4).to(torch.bfloat16)
    x[0] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-40])
    safetensors.torch.save_file({"w": x, "b": torch.ones(2)}, path)
    with pytest.warns(UserWarning, match="bfloat16 values were read as float32"):
        loaded = refnet.load(path)
    assert loaded["w"].dtype is refnet.float32
    np.testing.assert_array_equal(loaded["w"].numpy(), x.float().numpy())
    assert loaded["b"].tolist() == [1, 1]


@pytest.mark.parametrize("zipped", [True, False])
def test_what_torch_save_writes_is_refused(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / "model.pt"
    torch.save({"w": torch.ones(2)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(RuntimeError, match=r"as torch\.save writes") as refused:
        refnet.load(path)
    command = str(refused.value).split("convert it with PyTorch: ")[1]
    command = command.replace("'model.safetensors'", repr(str(tmp_path / "m.safetensors")))
    exec(command, {"torch": torch, "safetensors": safetensors})  # the sentence is right
    assert refnet.load(tmp_path / "m.safetensors")["w"].tolist() == [1, 1]


def test_a_generator_continues_in_the_other_library() -> None:
    file = io.BytesIO()
    refnet.manual_seed(3)
    refnet.randn(3)
    refnet.save({"rng": refnet.get_rng_state()}, file)
    torch.set_rng_state(safetensors.torch.load(file.getvalue())["rng"])
    assert torch.randn(5).tolist() == refnet.randn(5).tolist()
