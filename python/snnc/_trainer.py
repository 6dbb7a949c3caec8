"""Training a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from . import _snnc
from ._model import Arrays, Model
from ._snnc import TrainingEvent, TrainingResult


class Trainer:
    """Changes the parameters of a model: update by update, or over whole sets of samples.

    What is not given is as the train block says. `updates_per_epoch` is needed by step() where the
    learning rate has a schedule. Raises Error.
    """

    def __init__(self, model: Model, *, train_block: str = "", learning_rate: float | None = None,
                 batch: int | None = None, epochs: int | None = None, seed: int | None = None,
                 shuffle: bool | None = None, updates_per_epoch: int | None = None) -> None:
        if not isinstance(model, Model):
            raise TypeError(f"a trainer takes an snnc.Model, not {type(model).__name__}")
        self.model = model
        self._core = _snnc.Trainer(
            model._core, train_block=train_block, learning_rate=learning_rate, batch=batch,
            epochs=epochs, seed=seed, shuffle=shuffle, updates_per_epoch=updates_per_epoch)

    def step(self, inputs: Arrays, targets: Arrays) -> float:
        """One update on a batch; returns the mean loss before it. The optimiser remembers."""
        return self._core.step(inputs, targets)

    def evaluate(self, inputs: Arrays, targets: Arrays) -> dict[str, float]:
        """{"loss": ..., metric: ...}, means over the samples; changes nothing."""
        return self._core.evaluate(inputs, targets)

    def fit(self, inputs: Arrays, targets: Arrays, *, test: tuple[Arrays, Arrays] | None = None,
            validation: int = 0, patience: int | None = None, best_weights: str | os.PathLike = "",
            max_steps: int | None = None, checkpoint: str | os.PathLike = "",
            resume: str | os.PathLike = "",
            on_event: Callable[[TrainingEvent], bool | None] | None = None,
            progress: bool = False) -> TrainingResult:
        """A whole training with an optimiser that begins anew, as `snnc train` does it.

        `test` is (inputs, targets), measured after each epoch. `on_event` is called with a
        TrainingEvent; False ends the training in good order, as Ctrl-C does. `progress` writes a
        line for each epoch to standard error.
        """
        test_inputs, test_targets = test if test is not None else ({}, {})

        def told(event: TrainingEvent) -> bool | None:
            if progress and event.epoch_ends:
                print(_line(event), file=sys.stderr)
            return on_event(event) if on_event else True

        return self._core.fit(
            inputs, targets, test_inputs=test_inputs, test_targets=test_targets,
            validation=validation, patience=patience, best_weights=os.fspath(best_weights),
            max_steps=max_steps, checkpoint=os.fspath(checkpoint), resume=os.fspath(resume),
            on_event=told if progress or on_event else None)


def _line(event: TrainingEvent) -> str:
    scores = "".join(
        f", {part} {name} {value:.4f}"
        for part, values in (("validation", event.validation), ("test", event.test))
        for name, value in values.items())
    return f"epoch {event.epoch + 1}: train loss {event.loss:.4f}{scores}"
