"""A law that catches nothing proves nothing: each kind of breach is planted and must be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps
from tests.architecture import foreign_keys, source_law
from tests.architecture.linting import (
    broken_contracts,
    contract_ids,
    copy_tree,
    plant,
    ruff_codes,
)
from tools.check_sizes import oversized

pytestmark = pytest.mark.law


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return copy_tree(tmp_path / "copy")


# name: (files to plant, the contract that must break)
IMPORTS: dict[str, tuple[dict[str, str], str]] = {
    "a stray utils.py in a department": ({"domains.staff.utils": "A = 1"}, "rooms"),
    "a stray helpers.py in a utility": ({"foundation.files.helpers": "A = 1"}, "foundation-rooms"),
    "a department that has no place": ({"domains.misc": "A = 1"}, "domain-order"),
    "a seventh floor": ({"core": "A = 1"}, "floors"),
    "a department importing a journey": (
        {
            "journeys.promises.types": "A = 1",
            "domains.staff.operations": "import wonward.journeys.promises.types",
        },
        "floors",
    ),
    "a utility importing a department": (
        {
            "domains.staff.types": "A = 1",
            "foundation.files.rules": "from wonward.domains.staff.types import A",
        },
        "floors",
    ),
    "an engine importing a utility": (
        {"engines.money.split": "import wonward.foundation.access.policy"},
        "floors",
    ),
    "a lower department importing a higher one": (
        {
            "domains.clients.types": "A = 1",
            "domains.staff.operations": "import wonward.domains.clients.types",
        },
        "domain-order",
    ),
    "selling importing delivering": (
        {
            "domains.delivery.types": "A = 1",
            "domains.sales.operations": "import wonward.domains.delivery.types",
        },
        "domain-order",
    ),
    "a lower journey importing a higher one": (
        {
            "journeys.handoff.types": "A = 1",
            "journeys.promises.operations": "import wonward.journeys.handoff.types",
        },
        "journey-order",
    ),
    "files importing mail": (
        {
            "foundation.mail.rules": "A = 1",
            "foundation.files.operations": "import wonward.foundation.mail.rules",
        },
        "foundation-order",
    ),
    "an edge importing the models of a department": (
        {"domains.sales.models": "A = 1", "edges.api.v1.deals": "from wonward.domains.sales.models import A"},
        "edges-translate",
    ),
    "an edge importing the models of a utility": (
        {"edges.api.v1.things": "import wonward.foundation.access.models"},
        "edges-translate",
    ),
    "a web page importing the API": (
        {"edges.api.v1.deals": "A = 1", "edges.web.sales.views": "import wonward.edges.api.v1.deals"},
        "edges",
    ),
    "an area importing another area": (
        {"edges.web.sales.views": "A = 1", "edges.web.clients.views": "import wonward.edges.web.sales.views"},
        "web-areas",
    ),
    "the shell importing an area": (
        {
            "edges.web.sales.views": "A = 1",
            "edges.web.shell.navigation": "import wonward.edges.web.sales.views",
        },
        "web-areas",
    ),
    "a page running an engine": (
        {"engines.money.split": "A = 1", "edges.web.sales.views": "import wonward.engines.money.split"},
        "engines-used-by",
    ),
    "an engine importing Django": ({"engines.money.split": "import django.db"}, "plain"),
    "a journey importing the models of a department": (
        {
            "domains.sales.models": "A = 1",
            "journeys.handoff.operations": "from wonward.domains.sales import models",
        },
        "owned-tables",
    ),
    "a department importing a submodule of a utility's models": (
        {
            "foundation.search.models": "A = 1",
            "domains.sales.queries": "import wonward.foundation.search.models",
        },
        "owned-tables",
    ),
    "anything importing a job": (
        {
            "foundation.files.jobs": "A = 1",
            "domains.sales.operations": "import wonward.foundation.files.jobs",
        },
        "entry-points",
    ),
    "an edge opening the closing door": (
        {"domains.sales.closing": "A = 1", "edges.api.v1.deals": "import wonward.domains.sales.closing"},
        "door-closing",
    ),
    "another journey opening the closing door": (
        {
            "domains.sales.closing": "A = 1",
            "journeys.promises.operations": "import wonward.domains.sales.closing",
        },
        "door-closing",
    ),
    "the handoff writing past wins": (
        {
            "domains.sales.history": "A = 1",
            "journeys.handoff.operations": "import wonward.domains.sales.history",
        },
        "door-history",
    ),
    "an import writing any table": (
        {
            "foundation.database.operations": "A = 1",
            "journeys.imports.operations": "import wonward.foundation.database.operations",
        },
        "door-whole-tables",
    ),
    "an import moving dates": (
        {
            "domains.delivery.planning": "A = 1",
            "journeys.imports.operations": "import wonward.domains.delivery.planning",
        },
        "door-planning",
    ),
    "a query importing an operation": (
        {
            "domains.staff.operations": "A = 1",
            "domains.staff.queries": "import wonward.domains.staff.operations",
        },
        "rooms",
    ),
    "a rule importing tables": (
        {"domains.staff.models": "A = 1", "domains.staff.rules": "import wonward.domains.staff.models"},
        "rooms",
    ),
    "a cycle inside a room": (
        {
            "domains.staff.operations.people": "import wonward.domains.staff.operations.teams",
            "domains.staff.operations.teams": "import wonward.domains.staff.operations.people",
        },
        "acyclic",
    ),
}


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the contracts say of a copy of the real tree in which every forbidden import stands."""
    house = copy_tree(tmp_path_factory.mktemp("planted") / "copy")
    for files, _ in IMPORTS.values():
        for module, source in files.items():
            plant(house, module, source)
    return broken_contracts(house)


@pytest.mark.parametrize("breach", IMPORTS)
def test_a_forbidden_import_is_seen(judgement, breach):
    files, contract = IMPORTS[breach]
    culprit = f"wonward.{list(files)[-1]}"
    seen = judgement[contract]
    assert culprit in seen or (contract == "acyclic" and culprit.rpartition(".")[0] in seen)


def test_every_contract_has_a_breach_that_it_catches(judgement):
    assert set(judgement) == set(contract_ids())


def test_what_the_law_allows_passes(tree):
    plant(tree, "domains.sales.closing", "A = 1")
    plant(tree, "domains.sales.types", "A = 1")
    plant(tree, "domains.sales.queries", "import wonward.domains.sales.types")
    plant(tree, "journeys.handoff.operations", "from wonward.domains.sales import closing, queries")
    plant(tree, "edges.web.shell.page", "A = 1")
    plant(
        tree,
        "edges.web.sales.views",
        "import wonward.edges.web.shell.page, wonward.journeys.handoff.operations",
    )
    assert broken_contracts(tree) == {}


CLOCKS = [
    "from datetime import datetime\ndef a() -> datetime:\n    return datetime.now()",
    "import datetime as dt\nA = dt.date.today()",
    "from datetime import date as day\nA = day.today()",
    "from django.utils import timezone\nA = timezone.now",
    "from django.utils.timezone import now\nA = now()",
    "from time import time\nA = time()",
    "import time\nA = time.time_ns()",
    "from django.db.models.functions import Now\nA = Now()",
    "from django.db import models\nA = models.DateTimeField(auto_now_add=True)",
]


@pytest.mark.parametrize("source", CLOCKS)
@pytest.mark.parametrize(
    "module",
    [
        "domains.staff.operations",
        "journeys.handoff.queries",
        "engines.money.split",
        "foundation.files.operations",
    ],
)
def test_a_clock_below_the_edges_is_seen(tmp_path, module, source):
    plant(tmp_path, module, source)
    assert len(list(source_law.clock_faults(tmp_path))) == 1


def test_the_edges_and_the_worker_may_read_the_clock(tmp_path):
    for module in ("edges.web.sales.views", "foundation.jobs.worker", "config.wiring"):
        plant(tmp_path, module, CLOCKS[0])
    plant(tmp_path, "domains.staff.operations", "import time\nA = time.monotonic()\nnow = A\nB = now")
    assert list(source_law.clock_faults(tmp_path)) == []


def test_an_untyped_signature_is_seen(tmp_path):
    plant(
        tmp_path, "domains.staff.operations", "def add_person(*, actor, now: int) -> None: ...\ndef b(): ..."
    )
    assert [
        "add_person" in str(fault) or "b leaves" in str(fault)
        for fault in source_law.annotation_faults(tmp_path)
    ] == [True, True]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("kernel.money", "import numpy"),
        ("kernel.money", "import socket"),
        ("engines.money.split", "import pandas"),
        ("engines.money.split", "from pathlib import Path"),
    ],
)
def test_an_alphabet_or_calculator_that_is_not_plain_is_seen(tmp_path, module, source):
    plant(tmp_path, module, source)
    assert len(list(source_law.impure_faults(tmp_path))) == 1


def test_a_job_nobody_registered_is_seen(tmp_path):
    plant(tmp_path, "foundation.files.jobs", '@job("files.tidy")\ndef tidy() -> None: ...')
    plant(
        tmp_path,
        "domains.sales.operations",
        'enqueue("files.tidy", now=1)\nenqueue("files.tydi", now=1)\nenqueue(A, now=1)',
    )
    assert [fault.line for fault in source_law.job_faults(tmp_path)] == [3, 4]


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("TID251", "from django.db.models.signals import post_save\nA = post_save"),
        ("TID251", "from django.db.models import signals\nA = signals"),
        ("TID251", "from django.apps import apps\nA = apps"),
        ("PLC0415", "def a() -> None:\n    import wonward.kernel.money\n    wonward.kernel.money"),
    ],
)
def test_ruff_sees_signals_the_registry_and_imports_inside_functions(tree, code, source):
    plant(tree, "domains.staff.operations", source)
    assert code in {found for found, _ in ruff_codes(tree, "TID251", "PLC0415")}


def test_a_file_of_501_lines_and_a_function_of_61_are_seen(tmp_path):
    short, long = "A = 1\n" * 500, "A = 1\n" * 501
    fits = "def fits() -> None:\n" + "    a = 1\n" * 59
    bulges = "def bulges() -> None:\n" + "    a = 1\n" * 60
    for name, source in {"short": short, "long": long, "fits": fits, "bulges": bulges}.items():
        (tmp_path / f"{name}.py").write_text(source)
    found = {path.stem for path in tmp_path.glob("*.py") if list(oversized(path))}
    assert found == {"long", "bulges"}


def model(module: str, name: str, label: str, **fields: Any) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": label})
    return type(name, (models.Model,), {"__module__": module, "Meta": meta, **fields})


@isolate_apps()
@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("domains.clients", "domains.sales"),
        ("domains.sales", "domains.delivery"),
        ("foundation.files", "domains.staff"),
        ("domains.finance", "journeys.handoff"),
        ("journeys.promises", "journeys.handoff"),
    ],
)
def test_a_foreign_key_that_points_up_or_sideways_is_seen(low, high):
    above = model(f"wonward.{high}.models", "Above", "above")
    key = models.ForeignKey(above, models.CASCADE, related_name="+")
    below = model(f"wonward.{low}.models", "Below", "below", key=key)
    assert "points up or sideways" in " ".join(foreign_keys.faults([below]))


@isolate_apps()
def test_a_foreign_key_with_an_open_way_back_is_seen():
    company = model("wonward.domains.clients.models", "Company", "clients_x")
    open_key = models.ForeignKey(company, models.PROTECT)
    many = models.ManyToManyField(company, related_name="deals")
    hidden = models.ForeignKey(company, models.PROTECT, related_name="+")
    deal = model("wonward.domains.sales.models", "Deal", "sales_x", a=open_key, b=many, c=hidden)
    found = list(foreign_keys.faults([deal]))
    assert len(found) == 2
    assert all("related_name='+'" in one for one in found)
