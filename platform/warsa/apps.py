from django.apps import AppConfig


class WarsaConfig(AppConfig):
    name = "warsa"

    def ready(self) -> None:
        from django.conf import settings

        from tenants.observing import spans
        from warsa import reporting

        if settings.SENTRY_DSN:
            reporting.start(settings.SENTRY_DSN, release=settings.RELEASE)
        if settings.OTLP_URL:
            spans.send_to(settings.OTLP_URL, service=settings.SERVICE)
