"""What can be done to deals and pipelines."""
