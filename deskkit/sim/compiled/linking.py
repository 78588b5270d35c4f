"""A program of many functions, linked and optimised once.

numba links all that a function calls into it, optimises that and makes machine code of it, and does so anew for each
function that calls that one: for a program of three hundred functions this takes minutes. `once` lets only the
outermost function be treated so. What of numba it needs is looked for first; where a release lacks it, numba does what
it always does, and only the time is lost.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from numba.core import codegen, registry
from numba.core.compiler_lock import global_compiler_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["once"]


class _Library(codegen.JITCodeLibrary):
    """The code of one function, without that of what it calls until the outermost one collects all."""

    _codegen: Any

    def finalize(self) -> None:
        """Be done: the outermost with everything, another with itself."""
        if not self._codegen.is_outermost(self.name):
            self._raise_if_finalized()
            self._finalized = True
            return
        self._linking_libraries = list(_reached(self))
        super().finalize()

    def get_pointer_to_function(self, name: str) -> int:
        """Return where the machine code is; of an inner function there is none by itself."""
        return int(super().get_pointer_to_function(name)) if self._codegen.is_outermost(self.name) else 0


def _reached(library: Any) -> dict[Any, None]:  # noqa: ANN401 - numba's own
    """Return all that a library needs, each once."""
    found: dict[Any, None] = {}
    waiting = [library]
    while waiting:
        for one in waiting.pop()._linking_libraries:  # noqa: SLF001 - nothing tells it otherwise
            if one not in found:
                found[one] = None
                waiting.append(one)
    return found


class _Codegen(codegen.JITCPUCodegen):
    _library_class = _Library
    outermost = ""

    def is_outermost(self, name: str) -> bool:
        """Say whether a library is that of the outermost function."""
        return name == self.outermost

    def set_env(self, env_name: str, env: Any) -> None:  # noqa: ANN401 - likewise
        """Tell code about its environment, where there is machine code."""
        if self._engine.get_global_value_address(env_name):
            super().set_env(env_name, env)


@contextmanager
def once(outermost: str) -> Iterator[None]:
    """Let what is compiled within be linked and optimised once, with the function of this name."""
    context = registry.cpu_target.target_context
    usual = getattr(context, "_internal_codegen", None)
    if not isinstance(usual, codegen.JITCPUCodegen):
        yield
        return
    with global_compiler_lock:  # so that what another thread compiles is not taken for ours
        ours = _Codegen("numba.exec")
        ours.outermost = outermost
        context._internal_codegen = ours  # noqa: SLF001 - likewise
        try:
            yield
        finally:
            context._internal_codegen = usual  # noqa: SLF001 - likewise
