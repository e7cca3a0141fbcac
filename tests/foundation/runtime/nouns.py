from tests.foundation.runtime.models import Record
from wonward.kernel.actor import Actor

EVERYBODY = 0


def visible_records(actor: Actor):
    records = (
        Record.objects.all()
        if actor.is_system
        else Record.objects.filter(viewer_id__in=(actor.user_id, EVERYBODY))
    )
    return records.values_list("pk", flat=True)
