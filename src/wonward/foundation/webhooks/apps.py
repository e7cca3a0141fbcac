from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "wonward.foundation.webhooks"
    label = "webhooks"
