"""The `wonward` command line."""
