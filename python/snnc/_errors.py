"""The exception of the package."""

from . import _snnc


class Error(ValueError):
    """Something that was given is wrong, or cannot be done; nothing has changed then.

    `diagnostics` holds everything that was found, at least one of it no warning; the text is what a
    terminal shows, with the source underlined.
    """

    def __init__(self, text, diagnostics=()):
        super().__init__(text)
        self.diagnostics = list(diagnostics)


_snnc._raise_as(Error)
