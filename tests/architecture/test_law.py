"""The law of ARCHITECTURE.md, applied to this tree."""

from __future__ import annotations

import pytest
from django.apps import apps  # noqa: TID251 (the law itself has to know every table)
from tests.architecture import foreign_keys, source_law
from tests.architecture.linting import ROOT, broken_contracts, ruff_codes
from tools.check_sizes import FOLDERS, oversized, python_files

pytestmark = pytest.mark.law


def test_every_import_contract_is_kept():
    broken = broken_contracts(ROOT)
    assert not broken, next(iter(broken.values()))


def test_foreign_keys_point_down_and_stay_hidden():
    assert list(foreign_keys.faults(apps.get_models(include_auto_created=True))) == []


def test_files_and_functions_have_a_readable_size():
    assert [
        line for folder in FOLDERS for path in python_files(ROOT / folder) for line in oversized(path)
    ] == []


def test_every_signature_is_annotated():
    assert [str(fault) for fault in source_law.annotation_faults(ROOT)] == []


def test_the_clock_is_read_by_edges_and_loops_alone():
    assert [str(fault) for fault in source_law.clock_faults(ROOT)] == []


def test_kernel_and_engines_are_plain_python():
    assert [str(fault) for fault in source_law.impure_faults(ROOT)] == []


def test_every_enqueued_job_is_registered():
    assert [str(fault) for fault in source_law.job_faults(ROOT)] == []


def test_no_signals_no_app_registry_and_no_imports_inside_functions():
    assert ruff_codes(ROOT, "TID251", "PLC0415") == []
