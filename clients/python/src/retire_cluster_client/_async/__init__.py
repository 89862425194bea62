"""The client for programs that run an event loop. The one without is generated from it."""
