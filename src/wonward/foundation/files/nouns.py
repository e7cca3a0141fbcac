"""Who sees which document, for whatever hangs on a document: searches, facts, comments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.files.events import NOUN
from wonward.foundation.files.models import Document
from wonward.kernel.actor import Actor


def visible_documents(actor: Actor) -> QuerySet[Any]:
    """The ids of the documents an actor sees."""
    return Document.objects.visible_to(actor).values_list("pk", flat=True)


register_noun(NOUN, visible_documents)
