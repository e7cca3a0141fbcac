"""Demand of work from open deals as a distribution: per role and week what is likely, how sure that is, and what drives it."""

from wonward.engines.forecast.calibration import (
    EffortEvidence,
    Evidence,
    calibrate_effort,
    calibrate_probability,
    slip_chances,
)
from wonward.engines.forecast.completion import Completion, FrozenPlan, FrozenTask, simulate_completion
from wonward.engines.forecast.document import forecast_document, moments_document
from wonward.engines.forecast.estimate import estimate_demand
from wonward.engines.forecast.hindcast import (
    ForecastCell,
    HindcastCase,
    HindcastReport,
    brier_score,
    crps,
    forecast_cells,
    hindcast,
    score_cells,
)
from wonward.engines.forecast.moments import expect_demand
from wonward.engines.forecast.simulation import SimulationUnavailable, simulate_demand
from wonward.engines.forecast.types import (
    Band,
    DemandProblem,
    Driver,
    Forecast,
    InvalidForecast,
    Moments,
    OpenDeal,
)

__all__ = [
    "Band",
    "Completion",
    "DemandProblem",
    "Driver",
    "EffortEvidence",
    "Evidence",
    "Forecast",
    "ForecastCell",
    "FrozenPlan",
    "FrozenTask",
    "HindcastCase",
    "HindcastReport",
    "InvalidForecast",
    "Moments",
    "OpenDeal",
    "SimulationUnavailable",
    "brier_score",
    "calibrate_effort",
    "calibrate_probability",
    "crps",
    "estimate_demand",
    "expect_demand",
    "forecast_cells",
    "forecast_document",
    "hindcast",
    "moments_document",
    "score_cells",
    "simulate_completion",
    "simulate_demand",
    "slip_chances",
]
