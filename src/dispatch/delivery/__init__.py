"""How it gets there, once: the ledger and the loop around it."""
