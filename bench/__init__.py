"""`make bench`: what dispatch costs, measured beside what it could cost, in one run on one machine."""
