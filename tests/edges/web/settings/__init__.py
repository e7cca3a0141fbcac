"""The screens of setting up."""
