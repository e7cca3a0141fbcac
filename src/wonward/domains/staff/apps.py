from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "wonward.domains.staff"
    label = "staff"
