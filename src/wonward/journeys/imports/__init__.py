"""Data from elsewhere: staged, checked, applied, undone."""
