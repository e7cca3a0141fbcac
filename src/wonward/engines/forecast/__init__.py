"""Demand of work from open deals as a distribution: per role and week what is likely, how sure that is, and what drives it."""

from wonward.engines.forecast.calibration import Evidence, calibrate_probability, effort_factor, slip_chances
from wonward.engines.forecast.completion import Completion, FrozenPlan, FrozenTask, simulate_completion
from wonward.engines.forecast.document import forecast_document, moments_document
from wonward.engines.forecast.hindcast import HindcastCase, HindcastReport, brier_score, crps, hindcast
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
    "Evidence",
    "Forecast",
    "FrozenPlan",
    "FrozenTask",
    "HindcastCase",
    "HindcastReport",
    "InvalidForecast",
    "Moments",
    "OpenDeal",
    "SimulationUnavailable",
    "brier_score",
    "calibrate_probability",
    "crps",
    "effort_factor",
    "expect_demand",
    "forecast_document",
    "hindcast",
    "moments_document",
    "simulate_completion",
    "simulate_demand",
    "slip_chances",
]
