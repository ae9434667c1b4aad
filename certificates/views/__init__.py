"""Pages: of the holder, of those who assess and decide, the register, and the public verification."""
