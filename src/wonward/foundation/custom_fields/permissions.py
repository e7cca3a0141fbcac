"""The right to say which fields there are. Filling them in follows from the right to change the record."""

from wonward.foundation.access.policy import declare

declare("custom_fields.field.edit", "Add and change custom fields")
