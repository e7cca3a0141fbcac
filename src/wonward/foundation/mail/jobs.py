"""Mail leaves in the background."""

from __future__ import annotations

from datetime import datetime

from wonward.foundation.jobs.registry import job
from wonward.foundation.mail.operations import record_failure, record_sent
from wonward.foundation.mail.queries import find_letter
from wonward.foundation.mail.rules import ATTEMPTS
from wonward.foundation.mail.transport import Undeliverable, build_message, current_transport


@job("mail.send", retries=ATTEMPTS - 1)
def send_mail(*, mail_id: int, now: datetime) -> None:
    """Send one mail. After a crash in between it may arrive twice, with the same Message-ID."""
    letter = find_letter(mail_id)
    if letter is None:
        return
    try:
        transport = current_transport()
        transport.send(build_message(letter, transport.sender))
    except Undeliverable as refusal:
        record_failure(mail_id=mail_id, error=str(refusal), is_final=True, now=now)
    except Exception as problem:
        record_failure(mail_id=mail_id, error=f"{type(problem).__name__}: {problem}", is_final=False, now=now)
        raise
    else:
        record_sent(mail_id=mail_id, now=now)
