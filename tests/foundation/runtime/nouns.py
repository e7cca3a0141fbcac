from tests.foundation.runtime.models import Record
from wonward.kernel.actor import Actor


def visible_records(actor: Actor):
    records = Record.objects.all() if actor.is_system else Record.objects.filter(viewer_id=actor.user_id or 0)
    return records.values_list("pk", flat=True)
