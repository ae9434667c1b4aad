"""One of each mail, by floor; tests/test_mails.py reads them."""
