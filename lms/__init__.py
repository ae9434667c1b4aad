"""The ground and the web shell: people, units, time, transactions, mail, sign-in.

Knows no feature. Features are handed to `lms.app.build_app` as values.
"""
