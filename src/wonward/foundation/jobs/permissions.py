"""Rights over background work."""

from wonward.foundation.access.policy import declare

declare("jobs.job.retry", "See and repeat failed background work")
