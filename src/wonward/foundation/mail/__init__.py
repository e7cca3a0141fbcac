"""Outgoing mail: written in the transaction of its cause, sent afterwards by a job."""
