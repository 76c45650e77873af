"""The worker: ``python -m examples.identity.worker`` runs one; any number may run at once."""
