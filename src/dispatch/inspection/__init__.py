"""What checks need to know, gathered beforehand."""

from dispatch.inspection.gathering import gather

__all__ = ["gather"]
