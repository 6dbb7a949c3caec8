"""snnc.torch: a compiled network among PyTorch's modules. Skipped where torch is not installed."""

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
    return snnc.torch.Module(snnc.Model(text=text), **options)


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

    def test_refuses_what_does_not_fit(self):
        net = module(DRIVEN)
        x = torch.from_numpy(numbers(5, 2, 2))
        with self.assertRaises(TypeError):
            net(x, x)
        with self.assertRaises(TypeError):
            net(x, x=x)
        with self.assertRaises(TypeError):
            net([1.0])
        with self.assertRaises(snnc.Error):
            net(x[:, :, :1])
        with self.assertRaises(snnc.Error):
            module(DRIVEN, outputs=["a.w"])(x)
        spikes = net(x)[1]
        with torch.no_grad():
            net.fc.bias.add_(1)
        with self.assertRaises(RuntimeError):
            spikes.sum().backward()


if __name__ == "__main__":
    unittest.main()
