"""A compiled network as a module of PyTorch.

    import snnc.torch, torch

    net = snnc.torch.Module("net.snn")                    # or an snnc.Model
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-4)
    spikes = net(image)                                   # [steps, samples, 10]
    torch.nn.functional.cross_entropy(spikes.sum(0), label).backward()
    optimizer.step()

Parameters have the names and the layouts of the network's text, which are PyTorch's, so that the
`state_dict` of the same network written with snnTorch loads as it is. Gradients reach parameters
and inputs, through spikes by the surrogates of the text.
"""

import torch

from ._model import Model

__all__ = ["Module"]


class Module(torch.nn.Module):
    """A network whose forward run and gradient are compiled code. Float32, on the CPU.

    `outputs` names the variables that a call returns (else the declared outputs): one tensor
    [steps, samples, ...], or a tuple of them. In training mode (`train()`, the usual one) batchnorm
    and dropout do what they do while training; a call takes its random numbers from torch's
    generator, so that `torch.manual_seed` makes runs repeatable.
    """

    def __init__(self, model, outputs=None, **options):
        super().__init__()
        self.model = model if isinstance(model, Model) else Model(model, **options)
        self.outputs = list(outputs or [one.name for one in self.model.outputs])
        self._input_names = [one.name for one in self.model.inputs]
        self._last_run = None  # that the model keeps for its derivative
        self._trainable = {one.name for one in self.model._core.parameter_infos if one.is_trainable}
        for name, values in self.model.parameters.items():
            self._place(name, torch.from_numpy(values), name in self._trainable)

    def forward(self, *inputs, **named_inputs):
        """Inputs in the order of the text or by name, [samples, ...] or [steps, samples, ...]."""
        given = self._name_inputs(inputs, named_inputs)
        parameters = self._current_parameters()
        seed = int(torch.randint(2**62, ()).item()) if self.training else 0
        results = _Run.apply(self, seed, list(given), list(parameters), *given.values(),
                             *parameters.values())
        return results[0] if len(results) == 1 else results

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
            if name in given:
                raise TypeError(f"the input {name} is given twice")
            given[name] = value
        for name, value in given.items():
            if not isinstance(value, torch.Tensor):
                raise TypeError(f"the input {name} is not a tensor")
            if value.device.type != "cpu":
                raise TypeError(f"the input {name} is on {value.device}: snnc runs on the CPU")
        return given

    def _current_parameters(self):
        """By name. The model reads its own memory: what was replaced since is copied there."""
        values = {**dict(self.named_buffers()), **dict(self.named_parameters())}
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
        gradients = module.model._core.pull_back(ctx.number, weights)
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
