"""An import contract the import linter has not: a package may import these libraries and nothing else."""

import sys
from collections.abc import Iterable
from typing import cast

import grimp
from importlinter import Contract, ContractCheck, fields, output


class ImportsOnly(Contract):
    """Lets `module` and all below it import only itself, the standard library and `allowed`."""

    type_name = "imports_only"

    module = fields.StringField()
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the linter's signature
        """Find every import that leads outside."""
        package = str(self.module)
        if package not in graph.modules:
            msg = f"there is no module {package}"
            raise ValueError(msg)
        inside = {package} | graph.find_descendants(package)
        strangers = sorted(
            (module, found) for module in inside for found in self._strangers(graph, module, package)
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def _strangers(self, graph: grimp.ImportGraph, module: str, package: str) -> list[str]:
        known = {package, *sys.stdlib_module_names, *map(str, cast("Iterable[object]", self.allowed))}
        imported = graph.find_modules_directly_imported_by(module)
        return [name for name in imported if not any(name == k or name.startswith(f"{k}.") for k in known)]

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that is not allowed."""
        for module, found in check.metadata["strangers"]:
            output.print_error(f"{module} imports {found}")
