from django.apps import AppConfig


class ClientRecordConfig(AppConfig):
    name = "wonward.journeys.client_record"
    label = "client_record"
