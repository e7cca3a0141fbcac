#!/bin/sh
# Makes .venv from a hashed lock: uv where it can be had, plain pip otherwise.
set -eu
lock=$1
python=
for candidate in python3.13 python3.12 python3.11 python3; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Wonward needs Python 3.11 or newer, and none was found. On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2
  exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
  echo "Python's venv module is missing. Mend it with: sudo apt install python3-venv" >&2
  exit 1
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
if [ ! -x .venv/bin/uv ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 || true
fi
if [ -x .venv/bin/uv ]; then
  cp "$lock" .venv/lock.txt
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r .venv/lock.txt
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
printf '%s\n' "$(pwd)/src" > "$site/wonward-source.pth"
printf '#!%s\nfrom wonward.edges.commands.main import main\nraise SystemExit(main())\n' "$(pwd)/.venv/bin/python" > .venv/bin/wonward
chmod +x .venv/bin/wonward
