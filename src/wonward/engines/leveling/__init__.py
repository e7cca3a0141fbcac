"""Resource-constrained levelling that proves and explains itself; time is counted in whole slots from 0."""

from wonward.engines.leveling.document import problem_from_document, read_problem, result_to_document
from wonward.engines.leveling.errors import InvalidFile, LevelingError
from wonward.engines.leveling.exact import NOT_INSTALLED, TOO_LARGE
from wonward.engines.leveling.mspsp import read_mspsp
from wonward.engines.leveling.psplib import read_psplib
from wonward.engines.leveling.search import ENDED_EARLY
from wonward.engines.leveling.solver import simple_makespan, solve
from wonward.engines.leveling.types import (
    Aim,
    Binding,
    ConflictElement,
    ElementKind,
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingResult,
    LevelingTask,
    ObjectiveParts,
    ObjectiveWeights,
    Reason,
    Status,
)
from wonward.engines.leveling.verification import plan_faults, verify

# Notes on a result that concern the search, not single tasks, and the code of each.
REMARKS = {NOT_INSTALLED: "not_installed", TOO_LARGE: "too_large", ENDED_EARLY: "ended_early"}

__all__ = [
    "REMARKS",
    "Aim",
    "Binding",
    "ConflictElement",
    "ElementKind",
    "InvalidFile",
    "LevelingError",
    "LevelingLink",
    "LevelingProblem",
    "LevelingResource",
    "LevelingResult",
    "LevelingTask",
    "ObjectiveParts",
    "ObjectiveWeights",
    "Reason",
    "Status",
    "plan_faults",
    "problem_from_document",
    "read_mspsp",
    "read_problem",
    "read_psplib",
    "result_to_document",
    "simple_makespan",
    "solve",
    "verify",
]
