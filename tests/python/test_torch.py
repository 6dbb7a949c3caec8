"""snnc.torch: a compiled network among PyTorch's modules. Skipped where torch is not installed."""

import copy
import pickle
import sys
import unittest

try:
    import torch
except ImportError:
    print("torch is not installed, so snnc.torch was not tested")
    sys.exit(77)

import snnc
import snnc.torch
from models import DRIVEN, TRAINED, labels, numbers

SMOOTH = """network Net {
    input x[t] : f32[3]

    x -> dense(4) as fc1 -> LI(beta = 0.9) as a -> dense(2) as fc2 -> LI(beta = 0.8) as out
    output out.v, a.v
}
"""


def module(text, **options):
    return snnc.torch.Module(text=text, **options)


class TorchModule(unittest.TestCase):
    def test_derivatives_of_a_smooth_network_are_differences(self):
        net = module(SMOOTH)
        x = torch.from_numpy(numbers(4, 2, 3)).requires_grad_()
        names, values = zip(*net.named_parameters())

        def run(x, *values):
            return torch.func.functional_call(net, dict(zip(names, values)), (x,))

        # Float32: the network is linear in each of them, so large differences are exact.
        leaves = [value.detach().clone().requires_grad_() for value in values]
        self.assertTrue(torch.autograd.gradcheck(
            run, (x, *leaves), eps=1e-1, atol=1e-3, rtol=1e-3, nondet_tol=1e-6))

    def test_parameters_are_the_models_own_memory(self):
        net = module(TRAINED)
        self.assertEqual(set(net.state_dict()),
                         {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"})
        with torch.no_grad():
            net.fc1.bias.fill_(0.25)
        self.assertEqual(net.model.parameters["fc1.bias"][0], 0.25)
        other = module(TRAINED)
        other.load_state_dict(net.state_dict())
        image = torch.from_numpy(numbers(2, 4, scale=2))
        torch.testing.assert_close(net(image)[0], other(image)[0], rtol=0, atol=0)

    def test_takes_the_state_dict_of_the_same_torch_network(self):
        twin = torch.nn.ModuleDict({"fc1": torch.nn.Linear(4, 6), "fc2": torch.nn.Linear(6, 3)})
        net = module(TRAINED)
        net.load_state_dict(twin.state_dict())
        torch.testing.assert_close(torch.from_numpy(net.model.parameters["fc1.weight"]),
                                   twin["fc1"].weight.detach())

    def test_trains_inside_an_ordinary_loop_as_snnc_does(self):
        image, label = numbers(12, 4, scale=2), labels(12)
        net = module(TRAINED)
        trainer = snnc.Trainer(snnc.Model(text=TRAINED))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            membrane, _ = net(torch.from_numpy(image))
            loss = torch.nn.functional.cross_entropy(membrane.mean(0),
                                                     torch.from_numpy(label).long())
            loss.backward()
            optimizer.step()
            self.assertAlmostEqual(loss.item(), trainer.step({"image": image}, {"label": label}),
                                   places=4)

    def test_runs_on_the_threads_of_pytorch(self):
        self.assertTrue(snnc.use_openmp_threads())
        image = torch.from_numpy(numbers(12, 4, scale=2))
        net = module(TRAINED, threads=2)
        on_openmp = net(image)[0]
        self.assertFalse(snnc.use_openmp_threads(False))
        torch.testing.assert_close(net(image)[0], on_openmp, rtol=0, atol=0)
        self.assertTrue(snnc.use_openmp_threads())

    def test_memory_of_gradients_is_used_again_only_when_it_is_free(self):
        net, image = module(TRAINED), torch.from_numpy(numbers(4, 4, scale=2))
        net(image)[0].sum().backward()
        kept = net.fc1.weight.grad
        copy = kept.clone()
        for _ in range(3):
            net.zero_grad()
            net(2 * image)[0].sum().backward()
        torch.testing.assert_close(kept, copy, rtol=0, atol=0)

    def test_is_a_part_of_a_larger_module(self):
        net = torch.nn.Sequential(torch.nn.Linear(5, 4), module(TRAINED, outputs=["out.v"]))
        net(torch.randn(3, 5)).mean(0).sum().backward()
        for value in net.parameters():
            self.assertIsNotNone(value.grad)

    def test_two_runs_may_wait_for_their_gradients(self):
        net, image = module(TRAINED), torch.from_numpy(numbers(4, 4, scale=2))
        net(image)[0].sum().backward()
        one = net.fc1.weight.grad.clone()
        net.zero_grad()
        first, second = net(image)[0].sum(), net(-image)[0].sum()
        second.backward()
        net.zero_grad()
        first.backward()
        torch.testing.assert_close(net.fc1.weight.grad, one, rtol=0, atol=0)

    def test_runs_without_gradients(self):
        net, image = module(TRAINED), torch.from_numpy(numbers(4, 4, scale=2))
        with torch.no_grad():
            without = net(image)[0]
        self.assertFalse(without.requires_grad)
        torch.testing.assert_close(net(image)[0].detach(), without)

    def test_follows_a_parameter_that_was_replaced(self):
        net = module(TRAINED)
        net.fc1.bias = torch.nn.Parameter(torch.full((6,), 0.5))
        net(torch.from_numpy(numbers(2, 4)))
        self.assertEqual(net.model.parameters["fc1.bias"][0], 0.5)

    def test_can_be_copied_and_pickled(self):
        net = torch.nn.Sequential(torch.nn.Linear(4, 4), module(TRAINED, outputs=["out.v"]))
        image = torch.from_numpy(numbers(4, 4, scale=2))
        net(image).sum().backward()
        expected = net(image)
        for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
            torch.testing.assert_close(other(image), expected, rtol=0, atol=0)
            other(image).sum().backward()
            with torch.no_grad():
                other[1].fc1.bias.fill_(0.5)  # the memory of its own model
            self.assertEqual(other[1].model.parameters["fc1.bias"][0], 0.5)
            torch.testing.assert_close(net(image), expected, rtol=0, atol=0)

    def test_says_what_it_is(self):
        self.assertIn("Net: x -> out.v, a.s", repr(module(DRIVEN)))

    def test_refuses_what_does_not_fit(self):
        net = module(DRIVEN)
        x = torch.from_numpy(numbers(5, 2, 2))
        with self.assertRaises(TypeError):
            net(x, x)
        with self.assertRaises(TypeError):
            net(x, x=x)
        with self.assertRaises(TypeError):
            net([1.0])
        with self.assertRaisesRegex(TypeError, "no input y"):
            net(y=x)
        with self.assertRaises(TypeError):
            module(DRIVEN, outputs="a.s")
        with self.assertRaisesRegex(TypeError, "threads"):
            snnc.torch.Module(snnc.Model(text=DRIVEN), threads=2)
        with self.assertRaises(snnc.Error):
            net(x[:, :, :1])
        with self.assertRaises(snnc.Error):
            module(DRIVEN, outputs=["a.w"])(x)
        spikes = net(x)[1]
        with torch.no_grad():
            net.fc.bias.add_(1)
        with self.assertRaises(RuntimeError):
            spikes.sum().backward()


class AdamTest(unittest.TestCase):
    def parameters(self):
        torch.manual_seed(1)
        values = [torch.randn(3, 5), torch.randn(7, 4).t(), torch.randn(2, 3, 4), torch.randn(())]
        return [torch.nn.Parameter(value.clone()) for value in values]

    def gradients_of(self, parameters, step):
        torch.manual_seed(step + 2)
        for parameter in parameters:
            parameter.grad = torch.randn(parameter.shape)

    def compare(self, ours, theirs, steps=20, skip=None):
        """Both optimizers on the same parameters and gradients."""
        one, other = self.parameters(), self.parameters()
        ours, theirs = ours(one), theirs(other)
        for step in range(steps):
            for parameters, optimizer in ((one, ours), (other, theirs)):
                self.gradients_of(parameters, step)
                if step == skip:
                    parameters[0].grad = None
                optimizer.step()
            for mine, yours in zip(one, other):
                torch.testing.assert_close(mine, yours, rtol=1e-6, atol=1e-7)
        return ours, theirs

    def test_is_pytorchs(self):
        for options in ({}, {"betas": (0.8, 0.99), "eps": 1e-4}, {"weight_decay": 0.1}):
            self.compare(lambda p: snnc.torch.Adam(p, lr=0.01, **options),
                         lambda p: torch.optim.Adam(p, lr=0.01, **options))
        self.compare(lambda p: snnc.torch.Adam(p, weight_decay=0.1, decoupled_weight_decay=True),
                     lambda p: torch.optim.AdamW(p, weight_decay=0.1))

    def test_parameters_without_a_gradient_wait(self):
        self.compare(snnc.torch.Adam, torch.optim.Adam, skip=1)

    def test_goes_on_from_the_state_of_pytorchs_and_with_a_schedule(self):
        one, other = self.parameters(), self.parameters()
        theirs, ours = torch.optim.Adam(other, lr=0.1), snnc.torch.Adam(one, lr=0.1)
        self.gradients_of(other, 0)
        theirs.step()
        ours.load_state_dict(copy.deepcopy(theirs.state_dict()))
        with torch.no_grad():
            for mine, yours in zip(one, other):
                mine.copy_(yours)
        schedules = [torch.optim.lr_scheduler.ExponentialLR(each, 0.5) for each in (ours, theirs)]
        for step in range(1, 5):
            for parameters, optimizer in ((one, ours), (other, theirs)):
                self.gradients_of(parameters, step)
                optimizer.step()
            for schedule in schedules:
                schedule.step()
        for mine, yours in zip(one, other):
            torch.testing.assert_close(mine, yours, rtol=1e-6, atol=1e-7)

    def test_calls_its_closure(self):
        parameter = torch.nn.Parameter(torch.tensor([1.0]))
        optimizer = snnc.torch.Adam([parameter])

        def closure():
            optimizer.zero_grad()
            loss = (parameter ** 2).sum()
            loss.backward()
            return loss

        self.assertEqual(optimizer.step(closure).item(), 1.0)
        self.assertLess(parameter.item(), 1.0)

    def test_can_be_copied(self):
        parameter = torch.nn.Parameter(torch.ones(3))
        parameter.grad = torch.ones(3)
        optimizer = snnc.torch.Adam([parameter])
        optimizer.step()
        twin = copy.deepcopy(optimizer)
        twin.param_groups[0]["params"][0].grad = torch.ones(3)
        twin.step()
        self.assertLess(twin.param_groups[0]["params"][0][0].item(), parameter[0].item())

    def test_refuses_what_it_does_not_do(self):
        parameters = [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))]
        for parameter in parameters:
            parameter.grad = torch.ones(2)
        optimizer = snnc.torch.Adam(parameters)
        optimizer.load_state_dict(torch.optim.Adam(parameters, maximize=True).state_dict())
        with self.assertRaises(TypeError):
            optimizer.step()

    def test_refuses_other_parameters(self):
        for value in (torch.zeros(2, dtype=torch.float64), torch.zeros(4)[::2]):
            parameter = torch.nn.Parameter(value)
            parameter.grad = torch.ones_like(parameter)
            with self.assertRaises(TypeError):
                snnc.torch.Adam([parameter]).step()


if __name__ == "__main__":
    unittest.main()
