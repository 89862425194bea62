# Generated from clients/python/src/retire_cluster_client/_async/__init__.py by `npm run generate`.
"""The client for programs that run an event loop. The one without is generated from it."""
