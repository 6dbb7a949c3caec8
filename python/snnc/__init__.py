"""snnc: spiking neural networks written in .snn, compiled in this process.

    import numpy, snnc

    model = snnc.Model("net.snn")
    results = model.run(image=pixels)              # {"out.s": array [steps, samples, 10], ...}
    loss, gradients = model.differentiate({"image": pixels}, {"label": labels})
    snnc.Trainer(model).fit({"image": pixels}, {"label": labels})

Arrays are NumPy's, or anything that speaks DLPack; float32 and int32 in C order are read where they
lie. Time comes first, then the batch: [steps, samples, ...], or [samples, ...] for what is held over
the run. What is wrong raises snnc.Error, which carries the diagnostics.
"""

from ._errors import Error
from ._model import Model, RunningState
from ._snnc import (
    Diagnostic,
    Fix,
    Note,
    Place,
    PopulationInfo,
    Severity,
    TensorInfo,
    TrainingEvent,
    TrainingResult,
    __version__,
    check,
    explain,
    format,
    network_names,
    train_names,
    use_openmp_threads,
)
from ._trainer import Trainer

__all__ = [
    "Diagnostic",
    "Error",
    "Fix",
    "Model",
    "Note",
    "Place",
    "PopulationInfo",
    "RunningState",
    "Severity",
    "TensorInfo",
    "Trainer",
    "TrainingEvent",
    "TrainingResult",
    "__version__",
    "check",
    "explain",
    "format",
    "network_names",
    "train_names",
    "use_openmp_threads",
]
