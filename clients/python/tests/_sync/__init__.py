# Generated from clients/python/tests/_async/__init__.py by `npm run generate`.
