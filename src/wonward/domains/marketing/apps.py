from django.apps import AppConfig


class MarketingConfig(AppConfig):
    name = "wonward.domains.marketing"
    label = "marketing"
