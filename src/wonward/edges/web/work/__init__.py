"""The day: sign-in, my work, search."""
