"""The rights to say which fields there are and to know amounts. Filling them in follows from the right to change the record."""

from wonward.foundation.access.policy import Scope, declare

declare("custom_fields.field.edit", "Add and change custom fields")
declare("custom_fields.money.view", "See amounts in custom fields", sales=Scope.ALL, finance=Scope.ALL, leadership=Scope.ALL)
