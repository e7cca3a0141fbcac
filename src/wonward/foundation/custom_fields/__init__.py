"""Fields and tags that an organisation adds to its records: typed, checked, filtered and sorted like the others."""
