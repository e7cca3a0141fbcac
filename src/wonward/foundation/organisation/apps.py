from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "wonward.foundation.organisation"
    label = "organisation"
