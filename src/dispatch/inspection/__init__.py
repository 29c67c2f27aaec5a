"""What checks need to know, gathered beforehand."""
