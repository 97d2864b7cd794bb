from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "warsa.ui"
    label = "ui"
    verbose_name = "Design system"
