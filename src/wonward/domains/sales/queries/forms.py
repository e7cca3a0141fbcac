"""Reading the forms of the web: as their makers see them, and as strangers do."""

from __future__ import annotations

from django.db.models import Count, Q

from wonward.domains.catalog.queries import list_service_keys
from wonward.domains.sales.models import LeadForm
from wonward.domains.sales.types.leads import FormField, LeadFormRow, PublicForm
from wonward.foundation.access.policy import require
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound


def services_offered() -> list[tuple[int, str]]:
    """Id and name of what a stranger may ask for."""
    found = {key: name for key, name, _ in reversed(list_service_keys())}
    return sorted(found.items(), key=lambda item: item[1].casefold())


def shown_fields(form: LeadForm) -> tuple[FormField, ...]:
    """What a form asks, the services of today included."""
    fields = []
    for one in form.fields:
        choices = tuple(one["choices"])
        if one["name"] == "service" and not choices:
            choices = tuple(name for _, name in services_offered())
        fields.append(FormField(one["name"], one["label"], one["kind"], one["is_required"], choices))
    return tuple(fields)


def get_public_form(*, key: str) -> PublicForm:
    """An open form for a stranger; NotFound when there is none or it is closed."""
    form = LeadForm.objects.filter(key=key, is_open=True).first()
    if form is None:
        raise NotFound("form", key)
    return PublicForm(form.key, form.title, form.intro, form.button, form.thanks, shown_fields(form))


def list_forms(*, actor: Actor) -> list[LeadFormRow]:
    """Every form with how often it was sent; one query."""
    require(actor, "sales.lead.configure")
    found = LeadForm.objects.annotate(
        accepted=Count("submissions", filter=Q(submissions__verdict="accepted")),
        refused=Count("submissions", filter=~Q(submissions__verdict__in=("accepted", "again")) & Q(submissions__isnull=False)),
    )
    return [_row(form, form.accepted, form.refused) for form in found.order_by("-is_open", "name", "pk")]


def get_form(*, actor: Actor, form_id: int) -> LeadFormRow:
    """One form as its makers see it, or NotFound."""
    require(actor, "sales.lead.configure")
    form = LeadForm.objects.filter(pk=form_id).first()
    if form is None:
        raise NotFound("form", form_id)
    return _row(form, 0, 0)


def _row(form: LeadForm, accepted: int, refused: int) -> LeadFormRow:
    fields = tuple(FormField(one["name"], one["label"], one["kind"], one["is_required"], tuple(one["choices"])) for one in form.fields)
    return LeadFormRow(
        form.pk, form.key, form.name, form.title, form.intro, form.button, form.thanks, fields, form.source, form.campaign_id,
        form.pipeline_id, form.owner_id, form.is_open, form.version, accepted, refused,
    )
