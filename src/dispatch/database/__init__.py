"""Where it is kept: one database for subscribers and ledger."""
