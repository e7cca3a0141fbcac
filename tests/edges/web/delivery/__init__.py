"""The screens of delivery."""
