"""The languages in which readers are told something: a file for each, beside this one."""
