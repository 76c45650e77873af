# Derived from runtime/janua/cache/_async/__init__.py by tools/derive_sync.py; do not edit.
"""The blocking code."""
