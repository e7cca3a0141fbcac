"""Who has time for what, now and when the pipeline comes true."""
