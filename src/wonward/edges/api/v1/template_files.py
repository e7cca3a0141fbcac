"""Templates as files, from the gallery that comes with the product, and from a project."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from pydantic import Field

from wonward.domains.catalog.operations import add_gallery_templates, import_template
from wonward.domains.catalog.queries import get_template_file, list_gallery
from wonward.domains.delivery.operations import create_template_of_project
from wonward.edges.api.v1.answers import Page, answer
from wonward.edges.api.v1.inputs import Body, Name, Short
from wonward.edges.api.v1.routes import ApiRequest, route

_FILE = {"format": "wonward.template", "schema": 1, "name": "Website", "items": [{"key": "a", "kind": "task", "name": "A"}]}


class TemplateFileOut(msgspec.Struct, frozen=True):
    """A template as a file; sent to `/template-files` it is added, here or in another house."""

    file: dict[str, Any]


class TemplateFileIn(Body):
    """What a file of a template holds."""

    file: dict[str, Any]


class GalleryOut(msgspec.Struct, frozen=True):
    """A template that comes with the product; `template_id` is its copy here, if it was taken over."""

    key: str
    name: str
    summary: str
    item_count: int
    template_id: int | None


class GalleryIn(Body):
    """Which templates of the gallery to take over."""

    keys: Annotated[list[Short], Field(min_length=1, max_length=50)]


class TemplateIdsOut(msgspec.Struct, frozen=True):
    """The templates that are there now."""

    template_ids: list[int]


class OfProjectIn(Body):
    """What to call the template."""

    name: Name


@route("GET", "/templates/{record:template_id}/file", permission="catalog.service.view", answers={200: TemplateFileOut})
def read_template_file(request: ApiRequest, template_id: int) -> HttpResponse:
    """A template as a file."""
    return answer(TemplateFileOut(get_template_file(actor=request.actor, template_id=template_id)))


@route(
    "POST", "/template-files", permission="catalog.template.edit", answers={201: TemplateIdsOut}, example={"file": _FILE},
)
def add_template_file(request: ApiRequest, body: TemplateFileIn) -> HttpResponse:
    """Add the template of a file; every fault names its item."""
    key = import_template(actor=request.actor, document=body.file, now=request.now)
    return answer(TemplateIdsOut([key]), status=201, location=f"/templates/{key}")


@route("GET", "/template-gallery", permission="catalog.service.view", answers={200: Page[GalleryOut]})
def read_template_gallery(request: ApiRequest) -> HttpResponse:
    """The templates that come with the product."""
    rows = [GalleryOut(one.key, one.name, one.summary, len(one.items), key) for one, key in list_gallery(actor=request.actor)]
    return answer(Page(rows, None))


@route(
    "POST", "/template-gallery", permission="catalog.template.edit", answers={201: TemplateIdsOut}, example={"keys": ["website"]},
)
def take_gallery_templates(request: ApiRequest, body: GalleryIn) -> HttpResponse:
    """Take templates of the gallery over; one that is here already is not added again."""
    return answer(TemplateIdsOut(add_gallery_templates(actor=request.actor, keys=body.keys, now=request.now)), status=201)


@route(
    "POST", "/projects/{record:project_id}/template", permission="catalog.template.edit", answers={201: TemplateIdsOut},
    example={"name": "As we did it"},
)
def add_template_of_project(request: ApiRequest, project_id: int, body: OfProjectIn) -> HttpResponse:
    """Make a template of a project: what is done in which order, by whom and for which promise."""
    key = create_template_of_project(actor=request.actor, project_id=project_id, name=body.name, now=request.now)
    return answer(TemplateIdsOut([key]), status=201, location=f"/templates/{key}")
