"""Reads over certificates, in two parts: what was issued, and the register. Nothing here decides or writes."""
