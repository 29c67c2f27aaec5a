"""For tests, ours and other people's: samples, fakes, contract suites."""
