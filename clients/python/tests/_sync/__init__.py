# Generated from clients/python/tests/_sync/__init__.py by `npm run generate`.
