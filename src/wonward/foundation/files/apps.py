from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "wonward.foundation.files"
    label = "files"
