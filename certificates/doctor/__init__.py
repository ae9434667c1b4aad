"""What `lms doctor` asks of certificates: every invariant over every record. Reads; mends nothing."""
