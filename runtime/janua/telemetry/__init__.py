"""
Spans and metrics of databases, for OpenTelemetry and Prometheus.

Each module needs its extra, ``otel`` or ``prometheus``, and nothing else imports them.
"""
