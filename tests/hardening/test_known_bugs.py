"""Known bugs of the field that no other test stands for: a chain that is not checked, doors that lead outside, lists without end."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.hardening.patterns import PATTERNS, render
from tests.people import make_cast, make_sale
from wonward.edges.api.v1.routes import ROUTES
from wonward.edges.api.v1.site import describe
from wonward.foundation.audit.models import AuditEntry
from wonward.foundation.audit.operations import seal_entries
from wonward.foundation.audit.queries import find_chain_faults
from wonward.foundation.mail.models import OutgoingMail

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "wonward"
# What speaks to the network: the mail transport, the server's own socket, and programs that measure the product.
SPEAKS = {"foundation/mail/transport.py", "foundation/http/transport.py", "config/server.py", "config/web_process.py", "foundation/jobs/worker.py"}
CALLS_OUT = {"socket", "http.client", "urllib.request", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3", "telnetlib", "imaplib", "poplib"}

# Lists that are as long as one record lets them be.
BOUND_TO_ONE_RECORD = {
    "/handoffs/{handoff_id}/questions", "/handoffs/{handoff_id}/scope", "/labels", "/projects/{project_id}/dependencies",
    "/projects/{project_id}/baselines", "/projects/{project_id}/members", "/projects/{project_id}/project-file/losses", "/template-gallery",
    "/projects/{project_id}/outside-dependencies", "/tasks/{task_id}/candidates", "/tasks/{task_id}/similar", "/tasks/{task_id}/why",
}


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def _change(rows: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=rows[1].pk).update(operation="sales.deal.nothing")


def _change_values(rows: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=rows[1].pk).update(changes={"name": ["a", "b"]})


def _remove(rows: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=rows[1].pk).delete()


def _reorder(rows: list[AuditEntry]) -> None:
    first, second = rows[1], rows[2]
    places = (first.chain_position, second.chain_position)
    AuditEntry.objects.filter(pk=first.pk).update(chain_position=None)
    AuditEntry.objects.filter(pk=second.pk).update(chain_position=places[0])
    AuditEntry.objects.filter(pk=first.pk).update(chain_position=places[1])


@pytest.mark.django_db
@pytest.mark.parametrize(("tamper", "words"), [
    (_change, "was changed or reordered"), (_change_values, "values of audit row"), (_remove, "are missing"), (_reorder, "was changed or reordered"),
])
def test_an_audit_row_that_was_changed_removed_or_reordered_is_named(tamper: Callable[[list[AuditEntry]], None], words: str):
    make_sale(make_cast())
    while seal_entries():
        pass
    assert find_chain_faults() == []
    tamper(list(AuditEntry.objects.filter(changes__isnull=False).order_by("chain_position")[:3]))
    assert words in " ".join(find_chain_faults())


def _that_name(*words: str) -> Iterator[tuple[Path, str]]:
    """The sources in which one of the words stands, wherever: reading every other one as a tree would find nothing."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        if any(word in text for word in words):
            yield path, text


def test_nothing_calls_out_of_the_house_but_mail_and_the_guarded_client():
    callers = {}
    for path, text in _that_name(*(module.partition(".")[0] for module in CALLS_OUT)):
        if found := CALLS_OUT & _imports(ast.parse(text)):
            callers[path.relative_to(SOURCE).as_posix()] = sorted(found)
    assert {"foundation/mail/transport.py", "foundation/http/transport.py"} <= set(callers)
    assert {name for name in callers if not name.startswith("edges/commands/")} <= SPEAKS


def test_no_words_of_anybody_are_run_as_a_template():
    wrong, forbidden = [], ("from_string", "eval", "exec", "mark_safe")
    for path, text in _that_name(*forbidden):
        for node in ast.walk(ast.parse(text)):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in forbidden:
                wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno} {name}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)", "https:evil.test", "\thttps://evil.test"])
def test_the_sign_in_leads_nowhere_outside_the_house(place: str):
    make_cast()
    answer = Client().post("/sign-in/", {"email": "owner@studio.test", "password": "correct horse battery", "next": place}, QUERY_STRING="")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


@pytest.mark.django_db
def test_a_forged_host_reaches_no_letter():
    make_cast()
    answer = Client().post("/sign-in/forgotten/", {"email": "owner@studio.test"}, headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test"})
    assert answer.status_code in (200, 302, 400, 404)
    assert not [mail for mail in OutgoingMail.objects.all() if "evil.test" in f"{mail.subject} {mail.text} {mail.html}"]


def test_every_list_is_paged_by_the_server():
    schemas = describe()
    endless = []
    for route in ROUTES:
        if route.method != "GET":
            continue
        operation = schemas["paths"][f"/api/v1{route.path}"]["get"]
        limit = next((one["schema"] for one in operation.get("parameters", []) if one["name"] == "limit"), None)
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        name = answer.get("$ref", "").rsplit("/", 1)[-1]
        shape = schemas["components"]["schemas"].get(name, answer)
        if set(shape.get("properties", {})) >= {"items", "next"} and (limit is None or limit.get("le", limit.get("maximum", 10_000)) > 200):
            endless.append(route.path)
    assert set(endless) == BOUND_TO_ONE_RECORD


def test_the_page_of_known_bugs_says_what_the_table_says():
    page = ROOT / "docs" / "known-bugs.md"
    assert page.read_text() == render(), "Run `python -m tests.hardening.patterns > docs/known-bugs.md`."
    assert len({node for nodes in PATTERNS.values() for node in nodes}) >= len(PATTERNS) - 2
