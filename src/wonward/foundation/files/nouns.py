"""Who sees which document, for whatever hangs on a document: searches, facts, comments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun, visible_refs
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.foundation.files.events import NOUN
from wonward.foundation.files.models import Document, DocumentLink
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def visible_documents(actor: Actor) -> QuerySet[Any]:
    """The ids of the documents an actor sees."""
    return Document.objects.visible_to(actor).values_list("pk", flat=True)


def documents_among(actor: Actor, ids: Collection[int]) -> set[int]:
    """Those of the given documents the actor sees, told by their few links."""
    fitting = set(Document.objects.of_fitting_privacy(actor).filter(pk__in=ids).values_list("pk", flat=True))
    links = list(DocumentLink.objects.filter(document_id__in=fitting).values_list("document_id", "ref_noun", "ref_id"))
    seen = visible_refs(actor, {Ref(noun, ref_id) for _, noun, ref_id in links})
    return {key for key, noun, ref_id in links if Ref(noun, ref_id) in seen}


register_noun(NOUN, visible_documents, visible_among=documents_among, is_host=False)


@moves_links
def move_documents(move: LinkMove) -> None:
    move.refs(DocumentLink, "ref_noun", "ref_id", alone_with=("document_id",))
