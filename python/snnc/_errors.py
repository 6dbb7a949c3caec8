"""The exception of the package."""

from __future__ import annotations

from collections.abc import Sequence

from . import _snnc
from ._snnc import Diagnostic


class Error(ValueError):
    """Something that was given is wrong, or cannot be done; nothing has changed then.

    `diagnostics` holds everything that was found, at least one of it no warning; the text is what a
    terminal shows, with the source underlined.
    """

    def __init__(self, text: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(text)
        self.diagnostics: list[Diagnostic] = list(diagnostics)


_snnc._raise_as(Error)
