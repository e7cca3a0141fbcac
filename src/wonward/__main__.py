"""`python -m wonward` is the same as the `wonward` command."""

from wonward.edges.commands.main import main

if __name__ == "__main__":
    raise SystemExit(main())
