"""The fault tests use the runtime's department and its subprocesses."""

from tests.foundation.conftest import own_process  # noqa: F401
