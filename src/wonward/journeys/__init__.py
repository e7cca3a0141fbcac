"""The paths across departments: use cases and read models that need two or more domains."""
