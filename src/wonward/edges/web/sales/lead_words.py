"""The fields of a lead and the comparisons of a score rule, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

FIELD_NAMES = {
    "source": gettext_lazy("Source"), "campaign": gettext_lazy("Campaign"), "service": gettext_lazy("Service"),
    "company_name": gettext_lazy("Company"), "title": gettext_lazy("Job title"), "email": gettext_lazy("E-mail"),
    "email_kind": gettext_lazy("Kind of address"), "phone": gettext_lazy("Phone"), "website": gettext_lazy("Website"),
    "country": gettext_lazy("Country"), "industry": gettext_lazy("Industry"), "employees": gettext_lazy("Employees"),
    "message": gettext_lazy("Original words"), "utm_source": gettext_lazy("UTM source"), "utm_medium": gettext_lazy("UTM medium"),
    "utm_campaign": gettext_lazy("UTM campaign"),
}
OPERATOR_NAMES = {
    "is": gettext_lazy("is"), "is_not": gettext_lazy("is not"), "contains": gettext_lazy("contains"),
    "at_least": gettext_lazy("is at least"), "at_most": gettext_lazy("is at most"), "is_filled": gettext_lazy("is known"),
    "is_empty": gettext_lazy("is not known"),
}
FORM_FIELD_NAMES = {
    "name": gettext_lazy("Your name"), "email": gettext_lazy("E-mail address"), "company_name": gettext_lazy("Company"),
    "phone": gettext_lazy("Phone"), "title": gettext_lazy("What you do there"), "website": gettext_lazy("Website"),
    "country": gettext_lazy("Country"), "message": gettext_lazy("What is it about?"), "service": gettext_lazy("What are you interested in?"),
    "need": gettext_lazy("What should be different afterwards?"), "budget": gettext_lazy("What have you set aside for it?"),
    "timing": gettext_lazy("By when must it be done?"),
}
