# Derived from runtime/janua/monitor/_async/__init__.py by tools/derive_sync.py; do not edit.
"""The blocking monitor."""
