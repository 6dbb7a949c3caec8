"""Small texts and arrays that the tests of the Python package share."""

import numpy

TRAINED = """network Net {
    steps = 5
    input image : f32[4]

    image -> dense(6) as fc1 -> Leaky(beta = 0.9, theta = 0.3) as hidden
      -> dense(3) as fc2 -> LI(beta = 0.8) as out
    output out.v, hidden.s
}

train of Net {
    target    label : class[3]
    loss      = ce(mean_t(out.v), label)
    metric    = accuracy(mean_t(out.v), label)
    optimizer = adam(lr = 0.05)
    batch     = 4
    epochs    = 3
    seed      = 7
}
"""

DRIVEN = """network Net {
    input x[t] : f32[2]

    x -> dense(3) as fc -> Leaky(beta = 0.9, theta = 0.3) as a -> delay(2)
      -> dense(2) as late -> LI(beta = 0.8) as out
    output out.v, a.s
}
"""


def numbers(*shape, scale=1.0):
    """Numbers that are neither equal nor round, the same each time."""
    count = int(numpy.prod(shape))
    return (scale * numpy.sin(numpy.arange(count) * 1.7 + 0.3)).astype("float32").reshape(shape)


def labels(count):
    return (numpy.arange(count) % 3).astype("int32")
