from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "wonward.foundation.mail"
    label = "mail"
