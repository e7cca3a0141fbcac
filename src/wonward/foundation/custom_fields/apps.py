from django.apps import AppConfig


class CustomFieldsConfig(AppConfig):
    name = "wonward.foundation.custom_fields"
    label = "custom_fields"
