# Derived from runtime/janua/testing/_async/__init__.py by tools/derive_sync.py; do not edit.
"""The blocking test doubles."""
