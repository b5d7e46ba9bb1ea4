"""Finds the layer and the tensor in which a number that is not finite appeared first."""

from collections.abc import Iterator
from typing import Any

from refnet.training.errors import TrainingError


class Watch:
    """Keeps the output of every layer of a model of either library during a forward pass.

    If the loss is finite, no explanation is needed, and the outputs are released before the
    backward pass.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self._outputs: list[tuple[str, Any]] = []
        for name, module in model.named_modules():
            # The output of a container comes from one of its layers.
            if not list(module.children()):
                module.register_forward_hook(self._keep(name, type(module).__name__))

    def _keep(self, name: str, kind: str) -> Any:
        layer = f"layer {name} ({kind})" if name else f"the model ({kind})"
        return lambda module, inputs, output: self._outputs.append((layer, output))

    def start(self) -> None:
        """Begins a forward pass."""
        self._outputs.clear()

    def forward(self, loss: Any) -> None:
        """Ends the forward pass. Raises TrainingError if the loss is not finite."""
        if not _finite(loss):
            self.explain()
            raise TrainingError("the loss is no longer finite, though the model's output is")
        self._outputs.clear()

    def explain(self) -> None:
        """Raises TrainingError for the first layer whose output is not finite."""
        for layer, output in self._outputs:
            if not all(map(_finite, _tensors(output))):
                raise TrainingError(f"the output of {layer} is no longer finite")

    def backward(self) -> None:
        """Ends the backward pass. Raises TrainingError if a gradient is not finite.

        The backward pass runs from the last layer to the first, so the last such gradient was the
        first to appear.
        """
        for name, parameter in reversed(list(self.model.named_parameters())):
            if parameter.grad is not None and not _finite(parameter.grad):
                raise TrainingError(f"the gradient of {_place(name)} is no longer finite")

    def step(self) -> None:
        """Ends the step of the optimizer. Raises TrainingError if a parameter is not finite."""
        for name, parameter in self.model.named_parameters():
            if not _finite(parameter):
                raise TrainingError(
                    f"{_place(name)} is no longer finite after the optimizer's step"
                )


def _place(name: str) -> str:
    layer, _, tensor = name.rpartition(".")
    return f"{tensor} in layer {layer}" if layer else tensor


def _tensors(output: Any) -> Iterator[Any]:
    if isinstance(output, dict):
        output = list(output.values())
    if isinstance(output, (list, tuple)):
        for part in output:
            yield from _tensors(part)
    elif hasattr(output, "is_floating_point") and output.is_floating_point():
        yield output


def _finite(x: Any) -> bool:
    return bool(x.detach().isfinite().all())
