"""What must hold about the audit; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from wonward.foundation.audit.queries import find_chain_faults


def check_chain() -> list[str]:
    """The sealed rows are unchanged, complete and in order."""
    return [f"{fault[0].upper()}{fault[1:]}." for fault in find_chain_faults()]
