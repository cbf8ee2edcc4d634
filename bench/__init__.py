"""Measures what README and docs claim: ``make bench``, or ``python -m bench --help``.

Not part of the product. Figures are ratios of things that ran in turn on the same machine,
because milliseconds say more of the machine than of the program.
"""
