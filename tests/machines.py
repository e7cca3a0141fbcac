"""How every state machine of the suite is played: without examples kept from before, without a clock, and drawn from the seed of the run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def games_of(usual: int, *, in_full: int) -> int:
    """How many games a long test plays: `FULL=1` asks for as many as one would let run for an hour."""
    return in_full if os.environ.get("FULL") == "1" else usual


def play(machine: type[RuleBasedStateMachine], *, games: int, moves: int) -> None:
    """`games` of `moves` each. `--hypothesis-seed` repeats them; only a game that fails is made smaller."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=games, stateful_step_count=moves, deadline=None, database=None, print_blob=False,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        ),
    )
