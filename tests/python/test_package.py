"""The Python package: every public function with good and with bad arguments."""

import contextlib
import copy
import io
import os
import pickle
import tempfile
import threading
import unittest

import numpy
import snnc
from models import DRIVEN, TRAINED, labels, numbers


class Texts(unittest.TestCase):
    def test_check_returns_diagnostics_as_data(self):
        self.assertEqual(snnc.check(TRAINED), [])
        found = snnc.check("network Net {\n    input x : f32[2]\n    x -> denze(3)\n}\n", "bad.snn")
        self.assertEqual(found[0].severity, snnc.Severity.ERROR)
        self.assertEqual((found[0].place.file, found[0].place.line, found[0].place.column),
                         ("bad.snn", 3, 10))
        self.assertIn("^^^^^", str(found[0]))

    def test_names_layout_and_explanations(self):
        self.assertEqual(snnc.network_names(TRAINED), ["Net"])
        self.assertEqual(len(snnc.train_names(TRAINED)), 1)
        self.assertEqual(snnc.format("fn f(x)=x+1\n"), "fn f(x) = x + 1\n")
        self.assertIn("E0701", snnc.explain("E0701"))
        for function in (snnc.network_names, snnc.train_names, snnc.format):
            with self.assertRaises(snnc.Error):
                function("network {")


class Models(unittest.TestCase):
    def test_runs_on_the_threads_of_openmp_where_there_are_some(self):
        model, inputs = snnc.Model(text=TRAINED, threads=2), {"image": numbers(12, 4)}
        own = model.run(inputs)["out.v"]
        self.assertIsInstance(snnc.use_openmp_threads(), bool)
        numpy.testing.assert_array_equal(model.run(inputs)["out.v"], own)
        self.assertFalse(snnc.use_openmp_threads(False))
        with self.assertRaises(TypeError):
            snnc.use_openmp_threads("yes")

    def test_error_carries_the_diagnostics(self):
        with self.assertRaises(snnc.Error) as raised:
            snnc.Model(text="network Net {\n    input x : f32[2]\n    x -> denze(3)\n}\n")
        self.assertTrue(raised.exception.diagnostics[0].code.startswith("E0"))
        self.assertIn("denze", str(raised.exception))
        with self.assertRaises(snnc.Error):
            snnc.Model("/nowhere/net.snn")
        with self.assertRaises(snnc.Error):
            snnc.Model(text=TRAINED, settings={"hidden.nothing": 1})
        with self.assertRaises(TypeError):
            snnc.Model()

    def test_describes_itself(self):
        model = snnc.Model(text=TRAINED)
        self.assertEqual((model.name, model.steps, model.time_step), ("Net", 5, 1))
        self.assertEqual(model.inputs[0].shape, [4])
        self.assertTrue(model.outputs[1].is_spikes)
        self.assertIn("hidden.v", [one.name for one in model.variables])
        self.assertEqual([one.cell for one in model.populations], ["Leaky", "LI"])
        self.assertTrue(model.targets()[0].is_integer)
        self.assertIn("hidden.v[t]", model.equations())
        self.assertIn("adj(hidden.v)", model.gradient_equations())
        self.assertEqual(model.warnings, [])
        self.assertIn("hidden: Leaky[6]", repr(model))
        self.assertIn("<td>Leaky</td>", model._repr_html_())

    def test_says_its_version_its_targets_and_its_gradient(self):
        self.assertRegex(snnc.__version__, r"^\d+\.\d+\.\d+$")
        model = snnc.Model(text=TRAINED, interpret=True)
        self.assertEqual(model.target, "interpreter")
        self.assertEqual([(one.name, one.is_integer) for one in model.targets()],
                         [("label", True)])
        self.assertIn("adj(fc2.weight)", model.gradient_equations())
        self.assertEqual(repr(model.inputs), "[<image: [4]>]")
        self.assertIn("Net: 51 parameters", repr(model))
        for call in (lambda: model.targets("Slow"), lambda: model.gradient_equations("out.v"),
                     lambda: model.begin(0), lambda: model.save_weights("/nowhere/w.safetensors")):
            with self.assertRaises(snnc.Error):
                call()
        with self.assertRaises(TypeError):
            model.draw_parameters(-1)

    def test_reads_what_speaks_dlpack(self):
        class Foreign:
            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **options):
                return self.array.__dlpack__(**options)

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

        model, image = snnc.Model(text=TRAINED), numbers(2, 4)
        numpy.testing.assert_array_equal(
            model.run(image=Foreign(image))["out.v"], model.run(image=image)["out.v"])

    def test_draws_from_the_seed_of_the_text(self):
        def weight(**options):
            return snnc.Model(text=TRAINED, **options).parameters["fc1.weight"]

        numpy.testing.assert_array_equal(weight(), weight(seed=7))
        self.assertFalse(numpy.array_equal(weight(), weight(seed=0)))

    def test_parameters_lie_in_the_model(self):
        model = snnc.Model(text=TRAINED, seed=0)  # whose hidden cells spike
        weight = model.parameters["fc1.weight"]
        self.assertEqual(weight.shape, (6, 4))
        image = numbers(2, 4, scale=2)
        before = model.run(image=image)["out.v"]
        weight *= 2
        numpy.testing.assert_array_equal(model.parameters["fc1.weight"], weight)
        self.assertFalse(numpy.array_equal(model.run(image=image)["out.v"], before))
        model.parameters["fc1.bias"] = numpy.zeros(6)
        self.assertEqual(len(model.parameters), 4)
        with self.assertRaises(KeyError):
            model.parameters["fc9.weight"]
        with self.assertRaises(snnc.Error):
            model.parameters["fc1.bias"] = numpy.zeros(5)
        with self.assertRaises(snnc.Error):
            model.parameters["fc1.bias"] = numpy.full(6, numpy.nan)
        del model
        self.assertEqual(weight.sum(), weight.sum())  # the array keeps the memory

    def test_parameters_without_a_shape_are_numbers(self):
        model = snnc.Model(text=TRAINED.replace("beta = 0.9", "beta = learn 0.9"))
        for value in (0.5, numpy.float64(0.25), numpy.array(0.75, "float32")):
            model.parameters["hidden.beta"] = value
            self.assertEqual(model.parameters["hidden.beta"], value)

    def test_copies_have_the_same_numbers(self):
        edges = ("network Net {\n    input x : f32[9]\n    out : LI[9]\n"
                 "    x -> sparse(p = 0.3) as s -> out\n    output out.v\n}\n")
        for text in (TRAINED, edges):
            model = snnc.Model(text=text, steps=5, seed=3)
            model.draw_parameters(4)
            inputs = {model.inputs[0].name: numbers(2, *model.inputs[0].shape)}
            expected = model.run(inputs)["out.v"]
            for other in (copy.copy(model), copy.deepcopy(model),
                          pickle.loads(pickle.dumps(model))):
                numpy.testing.assert_array_equal(other.run(inputs)["out.v"], expected)
                other.draw_parameters(5)
                numpy.testing.assert_array_equal(model.run(inputs)["out.v"], expected)

    def test_weights_in_files(self):
        one, other = snnc.Model(text=TRAINED), snnc.Model(text=TRAINED)
        one.draw_parameters(3)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "w.safetensors")
            one.save_weights(file)
            other.load_weights(file)
            third = snnc.Model(text=TRAINED, weights=file)
        for model in (other, third):
            numpy.testing.assert_array_equal(
                model.parameters["fc2.weight"], one.parameters["fc2.weight"])
        with self.assertRaises(snnc.Error):
            one.load_weights("/nowhere.safetensors")

    def test_runs_whole_and_step_by_step(self):
        model = snnc.Model(text=DRIVEN)
        x = numbers(9, 3, 2, scale=2)
        whole = model.run(x=x)["out.v"]
        self.assertEqual(whole.shape, (9, 3, 2))
        state = model.begin(samples=3)
        pieces = []
        for begin, end in ((0, 1), (1, 5), (5, 9)):
            twin = state.copy()
            piece = model.step(state, x=x[begin:end], steps=end - begin)["out.v"]
            again = model.step(twin, {"x": x[begin:end]}, steps=end - begin)["out.v"]
            numpy.testing.assert_array_equal(piece, again)
            pieces.append(piece)
        numpy.testing.assert_array_equal(numpy.concatenate(pieces), whole)
        self.assertEqual((state.steps, state.samples), (9, 3))
        self.assertEqual(copy.deepcopy(state).steps, 9)
        self.assertEqual(repr(copy.copy(state)), "<RunningState after 9 steps of 3 samples>")
        with self.assertRaises(snnc.Error):
            model.step(snnc.Model(text=DRIVEN).begin(3), x=x[:1])

    def test_takes_any_array_that_holds_the_numbers(self):
        model = snnc.Model(text=DRIVEN)
        x = numbers(9, 3, 2)
        expected = model.run(x=x)["out.v"]
        strided = numpy.zeros((9, 3, 4), "float32")[:, :, ::2]
        strided[:] = x
        for other in (x.astype("float64"), strided, x.tolist(), numpy.asfortranarray(x)):
            numpy.testing.assert_array_equal(model.run(x=other)["out.v"], expected)
        for wrong in (x[:, :, :1], x[0], numpy.array("text"), x.astype("complex64")):
            with self.assertRaises((snnc.Error, TypeError)):
                model.run(x=wrong)
        with self.assertRaises(snnc.Error):
            model.run(y=x)
        with self.assertRaises(snnc.Error):
            model.run(x=x, record=["a.w"])
        for call in (lambda: model.run(x), lambda: model.run({"x": x}, x=x),
                     lambda: model.run(x=x, record="a.v"), lambda: model.run(x=None)):
            with self.assertRaisesRegex(TypeError, "name|twice|`x`"):
                call()

    def test_differentiates(self):
        model = snnc.Model(text=TRAINED)
        loss, gradients = model.differentiate({"image": numbers(4, 4, scale=2)},
                                              {"label": labels(4)})
        self.assertGreater(loss, 0)
        self.assertEqual(gradients["fc1.weight"].shape, (6, 4))
        self.assertEqual(gradients["input.image"].shape, (4, 4))
        _, some = model.differentiate({"image": numbers(4, 4)}, {"w": numbers(5, 4, 3)},
                                      loss="sum_t(sum(w*out.v))", wrt=["fc2.bias"])
        self.assertEqual(list(some), ["fc2.bias"])
        with self.assertRaises(snnc.Error):
            model.differentiate({"image": numbers(4, 4)}, {"label": numpy.array([0, 1, 2, 3])})

    def test_pulls_derivatives_of_a_loss_elsewhere_back(self):
        model = snnc.Model(text=TRAINED)
        inputs, w = {"image": numbers(4, 4, scale=2)}, numbers(5, 4, 3)
        _, expected = model.differentiate(inputs, {"w": w}, loss="sum_t(sum(w*out.v))")
        results, pull_back = model.linearize(inputs, record=["out.v"])
        numpy.testing.assert_array_equal(results["out.v"],
                                         model.run(inputs, record=["out.v"])["out.v"])
        found = pull_back({"out.v": w / 4})  # that one is a mean over the samples
        self.assertEqual(set(found), set(expected))
        for name, gradient in expected.items():
            self.assertEqual(found[name].shape, gradient.shape)
            numpy.testing.assert_allclose(found[name], gradient, rtol=1e-5, atol=1e-6)
        # What had to be converted stays until then.
        _, pull_back = model.linearize({"image": inputs["image"].astype("float64")},
                                       record=["out.v"])
        numpy.testing.assert_array_equal(pull_back({"out.v": w / 4})["fc1.weight"],
                                         found["fc1.weight"])
        self.assertEqual(found["fc1.weight"].strides, model.parameters["fc1.weight"].strides)
        for wrong in ({"out.s": w}, {"out.v": w[:4]}):
            with self.assertRaises(snnc.Error):
                pull_back(wrong)
        model.linearize(inputs, record=["out.v"])
        with self.assertRaises(snnc.Error):
            pull_back({"out.v": w})
        with self.assertRaises(snnc.Error):
            model.linearize(inputs, record=["out.w"])

    def test_separate_models_run_on_separate_threads(self):
        x = numbers(9, 3, 2, scale=2)
        expected = snnc.Model(text=DRIVEN).run(x=x)["out.v"]
        found = []
        threads = [threading.Thread(target=lambda: found.append(
            snnc.Model(text=DRIVEN).run(x=x)["out.v"])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 4)
        for result in found:
            numpy.testing.assert_array_equal(result, expected)


class Trainers(unittest.TestCase):
    def setUp(self):
        self.inputs, self.targets = {"image": numbers(12, 4, scale=2)}, {"label": labels(12)}

    def test_steps_lower_the_loss(self):
        model = snnc.Model(text=TRAINED)
        trainer = snnc.Trainer(model, learning_rate=0.05)
        losses = [trainer.step(self.inputs, self.targets) for _ in range(60)]
        self.assertLess(losses[-1], 0.7 * losses[0])
        scores = trainer.evaluate(self.inputs, self.targets)
        self.assertEqual(set(scores), {"loss", "accuracy"})

    def test_fit_tells_what_happens(self):
        model = snnc.Model(text=TRAINED)
        events = []
        result = snnc.Trainer(model, epochs=2).fit(
            self.inputs, self.targets, test=(self.inputs, self.targets), validation=4,
            on_event=events.append)
        self.assertEqual((result.epochs, result.steps), (2, 4))
        self.assertEqual([one.epoch_ends for one in events], [False, False, True] * 2)
        self.assertIn("accuracy", events[-1].test)
        self.assertIn("loss", events[-1].validation)

    def test_fit_goes_on_from_a_checkpoint(self):
        whole, parts = snnc.Model(text=TRAINED), snnc.Model(text=TRAINED)
        snnc.Trainer(whole, epochs=4).fit(self.inputs, self.targets)
        with tempfile.TemporaryDirectory() as folder:
            snnc.Trainer(parts, epochs=2).fit(self.inputs, self.targets, checkpoint=folder)
            end = snnc.Trainer(parts, epochs=4).fit(self.inputs, self.targets, resume=folder)
        self.assertEqual((end.epochs, end.steps), (4, 12))
        numpy.testing.assert_array_equal(parts.parameters["fc1.weight"],
                                         whole.parameters["fc1.weight"])

    def test_fit_ends_early_keeps_the_best_and_shows_its_progress(self):
        model = snnc.Model(text=TRAINED)
        with tempfile.TemporaryDirectory() as folder:
            best = os.path.join(folder, "best.safetensors")
            with contextlib.redirect_stderr(io.StringIO()) as said:
                snnc.Trainer(model, epochs=2).fit(
                    self.inputs, self.targets, validation=4, patience=1, best_weights=best,
                    progress=True)
            self.assertRegex(said.getvalue(), "^epoch 1: train loss .*, validation")
            snnc.Model(text=TRAINED, weights=best)
        self.assertEqual(snnc.Trainer(model).fit(self.inputs, self.targets, max_steps=2).steps, 2)
        for wrong in ({"patience": 1}, {"max_steps": 0}, {"best_weights": "b.safetensors"},
                      {"resume": "/nowhere"}, {"checkpoint": "/dev/null/folder"}):
            with self.assertRaises(snnc.Error):
                snnc.Trainer(model).fit(self.inputs, self.targets, **wrong)

    def test_fit_can_be_stopped_and_hands_on_exceptions(self):
        model = snnc.Model(text=TRAINED)
        result = snnc.Trainer(model).fit(self.inputs, self.targets, on_event=lambda event: False)
        self.assertTrue(result.was_stopped)
        for answer, is_stopped in ((None, False), ("go on", False), (numpy.bool_(False), True)):
            result = snnc.Trainer(model).fit(
                self.inputs, self.targets, on_event=lambda event: answer)
            self.assertEqual(result.was_stopped, is_stopped)
        with self.assertRaises(ZeroDivisionError):
            snnc.Trainer(model).fit(self.inputs, self.targets, on_event=lambda event: 1 / 0)

    def test_refuses_what_does_not_fit(self):
        model = snnc.Model(text=TRAINED)
        with self.assertRaises(snnc.Error):
            snnc.Trainer(snnc.Model(text=DRIVEN))
        with self.assertRaises(TypeError):
            snnc.Trainer("net.snn")
        with self.assertRaises(snnc.Error):
            snnc.Trainer(model, batch=0)
        with self.assertRaises(snnc.Error):
            snnc.Trainer(model).step(self.inputs, {})
        with self.assertRaises(snnc.Error):
            snnc.Trainer(model).evaluate({}, self.targets)
        with self.assertRaises(snnc.Error):
            snnc.Trainer(model).fit(self.inputs, self.targets, validation=12)


if __name__ == "__main__":
    unittest.main()
