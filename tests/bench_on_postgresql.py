"""What a win, finding words in the log and the pages of selling cost on PostgreSQL: `python -m tests.bench_on_postgresql` prints JSON lines.

The cluster is its own; what it takes is built once and kept in var/bench-postgresql. Names of programs after it (`pages`) measure these alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import ProgramsMissing, private_cluster

KEPT = Path(__file__).resolve().parents[1] / "var" / "bench-postgresql"


def main() -> int:
    """The exit code of the measuring programs; 0, saying so, where PostgreSQL is not installed."""
    try:
        with private_cluster(is_durable=True, kept=KEPT) as url, tempfile.TemporaryDirectory(prefix="wonward-bench-") as folder:
            environment = {**os.environ, "WONWARD_DATABASE_URL": url, "WONWARD_DATA_DIR": folder}
            return max(
                subprocess.run([sys.executable, "-m", f"wonward.edges.commands.bench.{name}"], env=environment, check=False).returncode
                for name in sys.argv[1:] or ("wins", "logs", "pages")
            )
    except ProgramsMissing as missing:
        print(f"NOT MEASURED ON POSTGRESQL: {missing}", file=sys.stderr)
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
