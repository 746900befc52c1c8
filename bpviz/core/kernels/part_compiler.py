"""Compiles a function that only compiled functions call, only as far as these need it.

Numba optimizes every function alone and makes machine code of it. Then it links the function into
its caller, and optimizes that as a whole. For a function that only compiled code calls the first
is work for nothing: a third of the time.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class PartLibrary(JITCodeLibrary):
    """Code for its caller's library, which optimizes it and makes machine code of it."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """0: there is no machine code."""
        return 0

    @property
    def codegen(self) -> "PartLibrary":
        """The object whose ``set_env`` Numba calls."""
        return self

    def set_env(self, name: str, env: object) -> None:
        """Give the machine code its Python objects: nothing without machine code."""


class PartCompiler(Compiler):
    """Numba's compiler, which writes into a PartLibrary."""

    def define_pipelines(self) -> Any:
        """The passes; they use the library that is there."""
        library: Any = PartLibrary
        numbas: Any = super()
        state = self.state
        state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
        return numbas.define_pipelines()
