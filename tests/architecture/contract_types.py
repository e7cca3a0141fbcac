"""The one contract import-linter does not bring along: a package's tables are imported by that package alone."""

from __future__ import annotations

from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import ModuleExpression


class OwnedModels(Contract):
    """`rooms` names the modules that only their own package may import, such as `wonward.domains.*.models`."""

    type_name = "owned_models"

    rooms = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph, verbose: bool) -> ContractCheck:  # type: ignore[no-untyped-def]
        foreign: list[tuple[str, str, tuple[int, ...]]] = []
        for expression in self.rooms:  # type: ignore[attr-defined]
            assert isinstance(expression, ModuleExpression)
            for room in graph.find_matching_modules(expression.expression):
                owner = room.rpartition(".")[0]
                for module in {room, *graph.find_descendants(room)}:
                    for importer in graph.find_modules_that_directly_import(module):
                        if importer != owner and not importer.startswith(f"{owner}."):
                            details = graph.get_import_details(importer=importer, imported=module)
                            lines = tuple(detail["line_number"] for detail in details)
                            foreign.append((importer, module, lines))
        return ContractCheck(kept=not foreign, metadata={"foreign": sorted(foreign)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, lines in check.metadata["foreign"]:
            output.print_error(f"- {importer} -> {imported} (l.{', '.join(map(str, lines))})", bold=False)
        output.new_line()
        output.print("Ask the owning package for an operation or a query instead.")
