"""A compiled network as a module of PyTorch.

    import snnc.torch, torch

    net = snnc.torch.Module("net.snn")                    # or an snnc.Model
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-4)   # or snnc.torch.Adam, which is faster
    spikes = net(image)                                   # [steps, samples, 10]
    torch.nn.functional.cross_entropy(spikes.sum(0), label).backward()
    optimizer.step()

Parameters have the names and the layouts of the network's text, which are PyTorch's, so that the
`state_dict` of the same network written with snnTorch loads as it is. Gradients reach parameters
and inputs, through spikes by the surrogates of the text.
"""

import torch

from ._model import Model, as_list
from ._snnc import Adam as _CompiledAdam
from ._snnc import ResultMemory, use_openmp_threads

__all__ = ["Adam", "Module"]

# PyTorch's threads spin for a while after each of its loops, and would hold up others.
use_openmp_threads()


class Module(torch.nn.Module):
    """A network whose forward run and gradient are compiled code. Float32, on the CPU.

    It is made of a file, of a text (`text=`) or of an snnc.Model; the other options are Model's.
    `outputs` names the variables that a call returns (else the declared outputs): one tensor
    [steps, samples, ...], or a tuple of them. In training mode (`train()`, the usual one) batchnorm
    and dropout do what they do while training; a call takes its random numbers from torch's
    generator, so that `torch.manual_seed` makes runs repeatable.
    """

    def __init__(self, model=None, outputs=None, **options):
        super().__init__()
        if not isinstance(model, Model):
            model = Model(model, **{"threads": torch.get_num_threads(), **options})
        elif options:
            raise TypeError(f"an snnc.Model has its options already: {', '.join(options)}")
        self.model = model
        self.outputs = as_list(outputs or [one.name for one in self.model.outputs])
        self._input_names = [one.name for one in self.model.inputs]
        self._last_run = None  # that the model keeps for its derivative
        self._gradient_memory = ResultMemory()
        self._trainable = {one.name for one in self.model._core.parameter_infos if one.is_trainable}
        for name, values in self.model.parameters.items():
            self._place(name, torch.from_numpy(values), name in self._trainable)

    def forward(self, *inputs, **named_inputs):
        """Inputs in the order of the text or by name, [samples, ...] or [steps, samples, ...]."""
        given = self._name_inputs(inputs, named_inputs)
        parameters = self._current_parameters()
        seed = int(torch.randint(2**62, ()).item()) if self.training else None
        results = _Run.apply(self, seed, list(given), list(parameters), *given.values(),
                             *parameters.values())
        return results[0] if len(results) == 1 else results

    def extra_repr(self):
        return f"{self.model.name}: {', '.join(self._input_names)} -> {', '.join(self.outputs)}"

    def __getstate__(self):
        return {**self.__dict__, "_last_run": None, "_gradient_memory": None}

    def __setstate__(self, state):
        """Of a copy: its parameters go into the memory of its own model."""
        super().__setstate__(state)
        self._gradient_memory = ResultMemory()
        self._current_parameters()
        for name, tensor in self._tensors().items():
            if name in self.model.parameters and (tensor.device.type, tensor.dtype) == (
                    "cpu", torch.float32):
                tensor.data = torch.from_numpy(self.model.parameters[name])

    def _place(self, name, values, trainable):
        """Under "fc1.weight" a child "fc1" with a parameter (or buffer) "weight"."""
        owner = self
        *path, last = name.split(".")
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, torch.nn.Module())
            owner = owner._modules[part]
        if trainable:
            owner.register_parameter(last, torch.nn.Parameter(values))
        else:
            owner.register_buffer(last, values)

    def _name_inputs(self, inputs, named_inputs):
        if len(inputs) > len(self._input_names):
            raise TypeError(f"the network has {len(self._input_names)} inputs, "
                            f"but {len(inputs)} are given")
        given = dict(zip(self._input_names, inputs))
        for name, value in named_inputs.items():
            if name not in self._input_names:
                raise TypeError(f"the network has no input {name}; it has "
                                f"{', '.join(self._input_names)}")
            if name in given:
                raise TypeError(f"the input {name} is given twice")
            given[name] = value
        for name, value in given.items():
            if not isinstance(value, torch.Tensor):
                raise TypeError(f"the input {name} is not a tensor")
            if value.device.type != "cpu":
                raise TypeError(f"the input {name} is on {value.device}: snnc runs on the CPU")
        return given

    def _tensors(self):
        return {**dict(self.named_buffers()), **dict(self.named_parameters())}

    def _current_parameters(self):
        """By name. The model reads its own memory: what was replaced since is copied there."""
        values = self._tensors()
        for name, own in self.model.parameters.items():
            if values[name].data_ptr() != own.ctypes.data:
                self.model.parameters[name] = values[name].detach().to("cpu", torch.float32)
        return {name: values[name] for name in self.model.parameters if name in self._trainable}


def _plain(tensor):
    return tensor.detach().to(torch.float32).contiguous()


class _Run(torch.autograd.Function):
    """The run and its transposed derivative."""

    @staticmethod
    def forward(ctx, module, seed, input_names, parameter_names, *tensors):
        ctx.inputs = {name: _plain(value) for name, value in zip(input_names, tensors)}
        names = [f"input.{name}" for name in input_names] + parameter_names
        needed = ctx.needs_input_grad[4:]
        ctx.wanted = [name if wanted else None for name, wanted in zip(names, needed)]
        ctx.parameters = tensors[len(input_names):]
        ctx.versions = [value._version for value in tensors]
        ctx.save_for_backward(*tensors[:len(input_names)])
        ctx.dtypes = [value.dtype for value in tensors]
        ctx.module, ctx.settings = module, {"seed": seed, "training": module.training}
        if not any(needed):
            results = module.model.run(ctx.inputs, record=module.outputs, **ctx.settings)
        else:
            results, ctx.number = _linearize(ctx)
        return tuple(torch.from_numpy(results[name]) for name in module.outputs)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *cotangents):
        now = [value._version for value in (*ctx.saved_tensors, *ctx.parameters)]
        if ctx.versions != now:
            raise RuntimeError("a parameter of the network was changed between forward and backward")
        module = ctx.module
        weights = {name: _plain(one) for name, one in zip(module.outputs, cotangents)}
        if module._last_run != ctx.number:  # the model keeps one run
            _, ctx.number = _linearize(ctx)
        gradients = module.model._core.pull_back(ctx.number, weights, module._gradient_memory)
        found = [name and torch.from_numpy(gradients[name]).to(dtype)
                 for name, dtype in zip(ctx.wanted, ctx.dtypes)]
        return (None, None, None, None, *found)


def _linearize(ctx):
    module = ctx.module
    results, number = module.model._core.linearize(
        ctx.inputs, record=module.outputs, with_respect_to=[name for name in ctx.wanted if name],
        steps=None, **ctx.settings)
    module._last_run = number
    return results, number


class Adam(torch.optim.Adam):
    """torch.optim.Adam whose step is one pass of compiled code over each parameter.

    PyTorch's own makes about ten passes, and its fused form is slow where parameters are not
    contiguous, as weights of a Module are. The numbers are the same but for rounding, and so are
    param_groups and state_dict().
    For dense float32 parameters on the CPU: any other raises TypeError at its first step.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, *,
                 decoupled_weight_decay=False):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
                         decoupled_weight_decay=decoupled_weight_decay)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        found = [(group, self._moved(group)) for group in self.param_groups]  # or a TypeError
        for group, moved in found:
            by_number = {}  # parameters that had no gradient in some step are behind the others
            for arrays in moved:
                by_number.setdefault(self._count(arrays[0]), []).append(arrays)
            for number, arrays in by_number.items():
                sizes = tuple(one[0].numel() for one in arrays)
                self._code(group, sizes).update(
                    number, float(group["lr"]), sizes,
                    [tuple(tensor.data_ptr() for tensor in one) for one in arrays])
        return loss

    def _moved(self, group):
        for option in ("amsgrad", "maximize", "capturable", "differentiable"):
            if group.get(option):
                raise TypeError(f"snnc.torch.Adam has no {option}; torch.optim.Adam has")
        return [self._arrays(parameter) for parameter in group["params"]
                if parameter.grad is not None and parameter.numel()]

    def _arrays(self, parameter):
        """Parameter, gradient and means, with their elements in one order."""
        if (parameter.device.type, parameter.dtype, parameter.layout) != ("cpu", torch.float32,
                                                                          torch.strided):
            raise TypeError("snnc.torch.Adam moves dense float32 parameters on the CPU, and one is "
                            f"{parameter.dtype} on {parameter.device}")
        state = self.state[parameter]
        if not state:
            state["step"] = torch.tensor(0.0)
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
        for name in ("exp_avg", "exp_avg_sq"):  # load_state_dict brings any layout
            state[name] = _laid_out_as(parameter, state[name])
        if state["exp_avg"].stride() != parameter.stride():
            raise TypeError("snnc.torch.Adam moves parameters without holes in memory")
        gradient = _laid_out_as(parameter, parameter.grad)
        return parameter, gradient, state["exp_avg"], state["exp_avg_sq"]

    def _count(self, parameter):
        step = self.state[parameter]["step"]
        step += 1
        return int(step)

    def _code(self, group, sizes):
        options = (tuple(group["betas"]), group["eps"], group["weight_decay"],
                   group["decoupled_weight_decay"], torch.get_num_threads())
        key = (sizes, options)
        compiled = self.__dict__.setdefault("_compiled", {})  # which no copy takes along
        if key not in compiled:
            betas, epsilon, weight_decay, decoupled, threads = options
            compiled[key] = _CompiledAdam(
                list(sizes), betas=betas, epsilon=epsilon, weight_decay=weight_decay,
                decoupled_weight_decay=decoupled, threads=threads)
        return compiled[key]


def _laid_out_as(parameter, tensor):
    if tensor.stride() == parameter.stride() and tensor.dtype == parameter.dtype:
        return tensor
    return torch.empty_like(parameter).copy_(tensor)
