"""Reading deals and pipelines, always for somebody's eyes."""
