"""What must hold about documents; `wonward check` reports every sentence returned here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from wonward.foundation.files.models import Blob, Document
from wonward.foundation.files.storage import current_storage

_CHUNK_BYTES = 1024 * 1024


def check_blobs() -> list[str]:
    """Every blob's content is there, whole and unchanged; one sentence per blob that is not."""
    return list(_faulty_blobs())


def check_document_links() -> list[str]:
    """Every document is shown on at least one record; one sentence per document that is not."""
    lost = Document.objects.filter(links__isnull=True).order_by("pk")
    return [
        f"The document {key} (“{name}”) hangs on no record." for key, name in lost.values_list("pk", "name")
    ]


def _faulty_blobs() -> Iterator[str]:
    storage = current_storage()
    blobs = Blob.objects.order_by("pk").values_list("pk", "sha256", "size")
    for key, sha256, size in blobs.iterator():
        found = storage.find_size(sha256)
        if found is None:
            yield f"The content of blob {key} ({sha256}) is missing."
        elif found != size:
            yield f"The content of blob {key} ({sha256}) has {found} bytes instead of {size}."
        else:
            digest = hashlib.sha256()
            with storage.open(sha256) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
            if digest.hexdigest() != sha256:
                yield f"The content of blob {key} ({sha256}) was changed: its hash is {digest.hexdigest()}."
