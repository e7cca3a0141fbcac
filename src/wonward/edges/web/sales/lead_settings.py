"""How leads are scored, what is asked of them, and the forms they come by."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.marketing.queries import list_campaigns
from wonward.domains.sales.operations.forms import save_form
from wonward.domains.sales.operations.scoring import save_criteria, save_score_rules
from wonward.domains.sales.queries.answers import get_answer_goal
from wonward.domains.sales.queries.forms import get_form, list_forms
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines
from wonward.domains.sales.queries.scoring import (
    get_response_goal,
    list_criteria,
    list_criteria_names,
    list_score_rules,
)
from wonward.domains.sales.types.leads import Criterion, FormField, LeadFormRow, NewLeadForm, NewScoreRule
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.lead_words import FIELD_NAMES, FORM_FIELD_NAMES, OPERATOR_NAMES
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.kernel.errors import NotAllowed, Refused, Stale

SPARE_ROWS = 2
_KINDS = {"email": "email", "phone": "phone", "message": "long_text", "need": "long_text", "service": "choice", "budget": "choice"}
_FIRST_FORM = ("name", "email", "company_name", "message")
_FIRST_BUDGETS = gettext_lazy("Up to 20,000\n20,000 to 50,000\n50,000 to 100,000\nMore than 100,000")


@page(permission="sales.lead.configure", methods=("GET", "POST"))
def lead_rules(request: SignedInRequest) -> HttpResponse:
    """The rules that score leads: every point names its field."""
    rules = [NewScoreRule(row.field, row.operator, row.value, row.points, row.label) for row in list_score_rules()]
    refused: Refused | None = None
    if request.method == "POST":
        try:
            rules = _read_rules(request.POST)
            save_score_rules(actor=request.actor, rules=rules, now=request.now)
            return go_to(request, address_of("lead_rules") + "?saved=1")
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal
    names = {**FIELD_NAMES, **list_criteria_names()}
    context = {
        "rules": rules, "spare": range(len(rules), len(rules) + SPARE_ROWS), "refused": refused, "is_saved": request.GET.get("saved") == "1",
        "fields": [(key, str(words)) for key, words in names.items()], "operators": [(key, str(words)) for key, words in OPERATOR_NAMES.items()],
        "errors": {error.field: error.message for error in refused.errors} if refused else {}, "places": _places("lead_rules"),
    }
    return render(request, "sales/lead_rules.html", context, status=422 if refused else 200)


def _read_rules(data: Mapping[str, str]) -> list[NewScoreRule]:
    reader = FormReader(data)
    count = min(reader.number("rows") or 0, 80)
    rules = []
    for place in range(count):
        field = reader.text(f"field-{place}", limit=60)
        points = reader.number(f"points-{place}")
        if not field or points is None:
            continue
        rules.append(
            NewScoreRule(
                field, reader.text(f"operator-{place}", limit=12), reader.text(f"value-{place}", limit=200), points,
                reader.text(f"label-{place}", limit=160),
            )
        )
    reader.finish()
    return rules


@page(permission="sales.lead.configure", methods=("GET", "POST"))
def lead_questions(request: SignedInRequest) -> HttpResponse:
    """What is found out about leads and deals of a pipeline, and how soon clients are answered."""
    pipelines = list_pipelines()
    asked = request.POST.get("pipeline_id") or request.GET.get("pipeline", "")
    pipeline = find_pipeline(pipelines, int(asked) if asked.isdecimal() and len(asked) < 16 else None)
    criteria, goal, answer_goal = list_criteria(pipeline_id=pipeline.id), get_response_goal(pipeline_id=pipeline.id), get_answer_goal(pipeline_id=pipeline.id)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            criteria, goal, wanted = _read_criteria(request.POST)
            answer_goal = answer_goal if wanted is None else wanted
            save_criteria(
                actor=request.actor, pipeline_id=pipeline.id, criteria=criteria, response_goal_minutes=goal, answer_goal_minutes=answer_goal,
                now=request.now,
            )
            return go_to(request, f"{address_of('lead_questions')}?pipeline={pipeline.id}&saved=1")
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal
    context = {
        "pipeline": pipeline, "pipelines": pipelines, "criteria": criteria, "spare": range(len(criteria), len(criteria) + SPARE_ROWS),
        "goal": goal, "answer_goal": answer_goal, "refused": refused, "is_saved": request.GET.get("saved") == "1",
        "errors": {error.field: error.message for error in refused.errors} if refused else {}, "places": _places("lead_questions"),
    }
    return render(request, "sales/lead_questions.html", context, status=422 if refused else 200)


def _read_criteria(data: Mapping[str, str]) -> tuple[list[Criterion], int, int | None]:
    reader = FormReader(data)
    criteria = []
    for place in range(min(reader.number("rows") or 0, 30)):
        label = reader.text(f"label-{place}", limit=80)
        if label:
            key = reader.text(f"key-{place}", limit=40) or _key_of(label)
            criteria.append(Criterion(key, label, reader.text(f"question-{place}", limit=300)))
    goal, answer_goal = reader.number("goal") or 0, reader.number("answer_goal")
    reader.finish()
    return criteria, goal, answer_goal


def _key_of(label: str) -> str:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in label.strip().lower()).strip("_")[:38]
    return plain if plain[:1].isalpha() else f"c_{plain}"


@page(permission="sales.lead.configure")
def lead_forms(request: SignedInRequest) -> HttpResponse:
    """Every form with how often it was sent, and how to embed it."""
    rows = list_forms(actor=request.actor)
    return render(request, "sales/lead_forms.html", {"rows": rows, "places": _places("lead_forms")})


@page(permission="sales.lead.configure", methods=("GET", "POST"))
def new_lead_form(request: SignedInRequest) -> HttpResponse:
    """A new form."""
    return _edit_form(request, None)


@page(permission="sales.lead.configure", methods=("GET", "POST"))
def lead_form(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Change a form; copy the lines that embed it."""
    return _edit_form(request, get_form(actor=request.actor, form_id=form_id))


def _edit_form(request: SignedInRequest, row: LeadFormRow | None) -> HttpResponse:
    refused: Refused | None = None
    if request.method == "POST":
        try:
            form_id = save_form(
                actor=request.actor, form=_read_form(request.POST), form_id=row.id if row else None,
                version=FormReader(request.POST).version(), now=request.now,
            )
            return go_to(request, address_of("lead_form", form_id=form_id) + "?saved=1")
        except (NotAllowed, Stale):
            raise
        except Refused as refusal:
            refused = refusal
    return render(request, "sales/lead_form.html", _form_context(request, row, refused), status=422 if refused else 200)


def _read_form(data: Mapping[str, str]) -> NewLeadForm:
    reader = FormReader(data)
    fields = []
    for name, words in FORM_FIELD_NAMES.items():
        if reader.flag(f"use-{name}"):
            choices = tuple(line.strip() for line in reader.text(f"choices-{name}", limit=4000).splitlines() if line.strip())
            label = reader.text(f"label-{name}", limit=120) or str(words)
            fields.append(FormField(name, label, _KINDS.get(name, "text"), reader.flag(f"required-{name}"), choices))
    form = NewLeadForm(
        name=reader.text("name", limit=160), title=reader.text("title", limit=160), intro=reader.text("intro", limit=2000),
        button=reader.text("button", limit=60), thanks=reader.text("thanks", limit=2000), source=reader.text("source", limit=120),
        campaign_id=reader.number("campaign_id"), owner_id=reader.number("owner_id"), is_open=reader.flag("is_open"), fields=tuple(fields),
    )
    reader.finish()
    return form


def _form_context(request: SignedInRequest, row: LeadFormRow | None, refused: Refused | None) -> dict[str, Any]:
    values: Mapping[str, Any] = request.POST
    known = {one.name: one for one in row.fields} if row else {}
    fields = []
    for name, words in FORM_FIELD_NAMES.items():
        one = known.get(name)
        is_used = bool(values.get(f"use-{name}")) if values else bool(one) if row else name in _FIRST_FORM
        fields.append({
            "name": name, "words": str(words), "is_used": is_used, "has_choices": name == "budget",
            "label": values.get(f"label-{name}", "") if values else one.label if one else str(words),
            "is_required": bool(values.get(f"required-{name}")) if values else one.is_required if one else name in ("name", "email"),
            "choices": values.get(f"choices-{name}", "") if values else "\n".join(one.choices) if one else str(_FIRST_BUDGETS),
        })
    plain = {name: values.get(name, "") if values else getattr(row, name, "") if row else ""
             for name in ("name", "title", "intro", "button", "thanks", "source", "campaign_id", "owner_id")}
    base = settings.BASE_URL.rstrip("/")
    address = f"{base}/f/{row.key}/" if row else ""
    return {
        "row": row, "plain": plain, "fields": fields, "is_open": bool(values.get("is_open")) if values else row.is_open if row else True,
        "refused": refused, "errors": errors_by_field(refused.errors) if refused else {}, "is_saved": request.GET.get("saved") == "1",
        "campaign_choices": [(one.id, one.name) for one in list_campaigns(actor=request.actor)],
        "owner_choices": [(one.id, one.name) for one in list_people(actor=request.actor)], "address": address,
        "embed_script": f'<script src="{base}/static/portal/embed.js" data-form="{address}" async></script>' if row else "",
        "embed_frame": f'<iframe src="{address}?embed=1" title="{escape(row.title)}" width="100%" height="640" loading="lazy"></iframe>' if row else "",
        "places": _places("lead_forms"),
    }


def _places(current: str) -> list[dict[str, Any]]:
    labels = {"lead_forms": _("Forms"), "lead_rules": _("Score"), "lead_questions": _("Questions")}
    return [{"label": label, "href": address_of(route), "is_current": route == current} for route, label in labels.items()]
