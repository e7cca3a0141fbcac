"""Django's SQLite backend on the bundled library, with one queue of writers per host.

Two copies of SQLite in one process must never open the same file: when one copy closes it, the locks of the
other are silently dropped. So the bundled library takes the name `sqlite3` for the whole process, and it does
so here, before Django's own backend is imported by `base`.
"""

from __future__ import annotations

import logging
import sys

OLDEST_SAFE = (3, 51, 3)

try:
    import pysqlite3 as driver
    from pysqlite3 import dbapi2
except ImportError:
    import sqlite3 as driver
    from sqlite3 import dbapi2
else:
    sys.modules["sqlite3"] = driver
    sys.modules["sqlite3.dbapi2"] = dbapi2

if dbapi2.sqlite_version_info < OLDEST_SAFE:
    logging.getLogger("wonward.database").warning(
        "THIS SQLITE IS TOO OLD: version %s can corrupt a database when its log is reset; "
        "%s or newer is needed. Install the package pysqlite3, or use PostgreSQL.",
        dbapi2.sqlite_version,
        ".".join(map(str, OLDEST_SAFE)),
    )
