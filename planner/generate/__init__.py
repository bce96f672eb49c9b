"""Made-up days on real streets: who orders what, where and when, and a fleet to bring it."""
