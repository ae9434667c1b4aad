"""The benchmarks behind `make bench`: figures as ratios within one run, never asserted by the test suite."""
