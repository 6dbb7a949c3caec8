"""A network of a text, compiled."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy

from . import _snnc
from ._snnc import Diagnostic, PopulationInfo, RunningState, TensorInfo

Arrays = Mapping[str, Any]  # NumPy's arrays, or what speaks DLPack
Results = dict[str, numpy.ndarray]


def _merged(inputs: Arrays | None, named: Arrays) -> Arrays:
    if inputs is None:
        return named
    if not isinstance(inputs, Mapping):
        raise TypeError("inputs have names: give {name: array}, or name=array")
    if twice := sorted(inputs.keys() & named.keys()):
        raise TypeError(f"the input {twice[0]} is given twice")
    return {**inputs, **named}


def as_list(names: Sequence[str]) -> list[str]:
    """Names for snnc; one text would be taken letter by letter."""
    if isinstance(names, str):
        raise TypeError(f"a list of names is needed: [{names!r}]")
    return list(names)


class Parameters(Mapping[str, numpy.ndarray]):
    """The parameters of a model by name, as NumPy arrays that lie in the model itself.

    Writing into one changes the model: `model.parameters["fc1.bias"][:] = 0`. They have PyTorch's
    shapes. Edges of sparse layers are not among them.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    def __getitem__(self, name: str) -> numpy.ndarray:
        if name not in self._names():
            raise KeyError(name)
        return self._model._core.parameter_view(name)

    def __setitem__(self, name: str, values: Any) -> None:
        self._model._core.set_parameter(name, values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> list[str]:
        return [one.name for one in self._model._core.parameter_infos if not one.is_integer]


class Model:
    """A network, compiled: its description, its parameters, runs, steps and gradients.

    `path` is a .snn file, or give `text=`. `network` names one of several; `settings` replaces
    arguments as `--set` does ({"hidden.beta": 0.8}); `steps` goes before the text's own; parameters
    are drawn from `seed` or read from `weights` (.safetensors). Without a `seed`, here and in runs,
    the one of the `train` block counts, else 0. Code is compiled when it is first needed and kept in
    `cache` (None: as the tool does, "": nowhere). Separate models may be used on separate threads. A
    model can be copied and pickled, with its parameters. Raises Error.
    """

    def __init__(self, path: str | os.PathLike | None = None, *, text: str | None = None,
                 network: str = "", settings: Mapping[str, Any] | None = None,
                 steps: int | None = None, seed: int | None = None, weights: str | os.PathLike = "",
                 partial: bool = False, interpret: bool = False, target: str = "",
                 threads: int = 0, cache: str | os.PathLike | None = None) -> None:
        if (path is None) == (text is None):
            raise TypeError("a model is made of a file or of a text: Model(path) or Model(text=...)")
        name = "text.snn"
        if path is not None:
            name = os.fspath(path)
            text = _snnc.read_source(name)
        settings = {key: str(value) for key, value in (settings or {}).items()}
        self._options = dict(
            text=text, name=name, network=network, settings=settings, steps=steps, seed=seed,
            interpret=interpret, target=target, threads=threads,
            cache=None if cache is None else os.fspath(cache))
        self._core = _snnc.Model(weights=os.fspath(weights), partial=partial, **self._options)

    # A copy has the same text, options and parameters, edges of sparse layers among them.

    def __getstate__(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "weights.safetensors")
            self.save_weights(file)
            with open(file, "rb") as written:
                return {"options": self._options, "weights": written.read()}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self._options = state["options"]
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "weights.safetensors")
            with open(file, "wb") as written:
                written.write(state["weights"])
            self._core = _snnc.Model(weights=file, partial=False, **self._options)

    # ---- description --------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The network's name."""
        return self._core.name

    @property
    def target(self) -> str:
        """"x86-64-v3", or "interpreter"."""
        return self._core.target

    @property
    def time_step(self) -> float:
        """Seconds; 1 where the text counts in steps."""
        return self._core.time_step

    @property
    def steps(self) -> int | None:
        """The usual number of steps, or None."""
        return self._core.steps

    @property
    def inputs(self) -> list[TensorInfo]:
        """TensorInfo of each input."""
        return self._core.inputs

    @property
    def outputs(self) -> list[TensorInfo]:
        """TensorInfo of each declared output."""
        return self._core.outputs

    @property
    def variables(self) -> list[TensorInfo]:
        """TensorInfo of everything that `record` may name."""
        return self._core.variables

    @property
    def populations(self) -> list[PopulationInfo]:
        """PopulationInfo of each use of a cell."""
        return self._core.populations

    @property
    def warnings(self) -> list[Diagnostic]:
        """Diagnostics that refuse nothing."""
        return self._core.warnings

    def targets(self, train_block: str = "") -> list[TensorInfo]:
        """TensorInfo of each target of a train block."""
        return self._core.targets(train_block)

    def equations(self) -> str:
        """The network as formulas."""
        return self._core.equations()

    def gradient_equations(self, loss: str = "", train_block: str = "") -> str:
        """The equations of a loss's gradient."""
        return self._core.gradient_equations(loss, train_block)

    # ---- parameters ---------------------------------------------------------------------------

    @property
    def parameters(self) -> Parameters:
        """The parameters by name, where they lie."""
        return Parameters(self)

    def draw_parameters(self, seed: int) -> None:
        """Draws all parameters anew, as a model of this seed begins with them."""
        self._core.draw_parameters(seed)
        self._options["seed"] = seed

    def load_weights(self, path: str | os.PathLike, partial: bool = False) -> None:
        """Reads a .safetensors file with PyTorch's names and layouts; all of it or nothing."""
        self._core.load_weights(os.fspath(path), partial)

    def save_weights(self, path: str | os.PathLike) -> None:
        """Writes the parameters as .safetensors."""
        self._core.save_weights(os.fspath(path))

    # ---- runs ---------------------------------------------------------------------------------

    def run(self, inputs: Arrays | None = None, *, steps: int | None = None,
            record: Sequence[str] = (), states: Arrays | None = None, seed: int | None = None,
            training: bool = False, **named_inputs: Any) -> Results:
        """A whole run; returns {name: array [steps, samples, ...]}.

        Inputs are given as a dictionary or by keyword. `record` names what to return, else the
        declared outputs; `states` are values before the first step; `training` says what batchnorm
        and dropout do.
        """
        return self._core.run(
            _merged(inputs, named_inputs), steps=steps, record=as_list(record),
            states=states or {}, seed=seed, training=training)

    def begin(self, samples: int = 1, seed: int | None = None) -> RunningState:
        """A run that is made step by step; returns its state before step 0."""
        return self._core.begin(samples, seed)

    def step(self, state: RunningState, inputs: Arrays | None = None, *, steps: int = 1,
             record: Sequence[str] = (), **named_inputs: Any) -> Results:
        """Goes on from a state by `steps` steps and moves it; returns what `run` returns."""
        return self._core.step(state, _merged(inputs, named_inputs), steps, as_list(record))

    def differentiate(self, inputs: Arrays, targets: Arrays | None = None, *, loss: str = "",
                      train_block: str = "", wrt: Sequence[str] = (), steps: int | None = None,
                      states: Arrays | None = None, seed: int | None = None,
                      training: bool = True) -> tuple[float, Results]:
        """The loss and {name: gradient} of its mean over the samples.

        `loss` is a formula over variables and targets ("sum_t(sum(w*out.v))"), else that of the train
        block. `wrt` names parameters, "input.x", "state.hidden.v"; all of them if it is empty.
        """
        return self._core.differentiate(
            inputs, targets or {}, loss=loss, train_block=train_block, with_respect_to=as_list(wrt),
            steps=steps, states=states or {}, seed=seed, training=training)

    def linearize(self, inputs: Arrays, *, record: Sequence[str] = (), wrt: Sequence[str] = (),
                  steps: int | None = None, seed: int | None = None, training: bool = True,
                  ) -> tuple[Results, Callable[[Arrays], Results]]:
        """A run whose results go into a loss that is computed elsewhere, and its derivative.

        Returns the results and a function: from {result: derivative of the loss by it} to
        {name: derivative of the loss by it}, with the names of `wrt` (see `differentiate`). It must be
        called before the next `linearize` with the same `record` and `wrt`, with inputs and parameters
        as they were. Gradients of parameters have the strides of their parameter.
        """
        # They are read again by pull_back, which needs what snnc was lent, not what that was made of.
        inputs = {name: numpy.asarray(values, "float32", order="C")
                  for name, values in inputs.items()}
        results, number = self._core.linearize(
            inputs, record=as_list(record), with_respect_to=as_list(wrt), steps=steps, seed=seed,
            training=training)

        def pull_back(cotangents: Arrays, _inputs: Arrays = inputs) -> Results:  # which are read again
            return self._core.pull_back(number, cotangents)

        return results, pull_back

    # ---- display ------------------------------------------------------------------------------

    def __repr__(self) -> str:
        count = sum(values.size for values in self.parameters.values())
        lines = [f"<snnc.Model {self.name}: {count} parameters, {self.target}"]
        for one in self.populations:
            lines.append(f"  {one.name}: {one.cell}{list(one.shape)}")
        return "\n".join(lines) + ">"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(one.name)}</td><td>{html.escape(one.cell)}</td>"
            f"<td>{list(one.shape)}</td><td>{html.escape(', '.join(one.variables))}</td></tr>"
            for one in self.populations)
        return (f"<b>{html.escape(self.name)}</b>"
                "<table><tr><th>population</th><th>cell</th><th>shape</th><th>variables</th></tr>"
                f"{rows}</table><details><summary>equations</summary>"
                f"<pre>{html.escape(self.equations())}</pre></details>")
