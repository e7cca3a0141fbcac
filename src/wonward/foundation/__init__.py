"""The utilities: what any business software needs, without a business word."""
