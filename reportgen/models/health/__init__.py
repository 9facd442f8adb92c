"""The health of a fit: what makes its numbers meaningless, and what weakens them.

`codes` names every finding and says what it does to the numbers; it is light. The others look at
arrays and are imported where rows are:

    before the fit    columns (rank, condition, rows that stand alone) · outcome · clusters
    where it fails    separation
    after the fit     solution · influence
    all along         said (what libraries warn of)

Every kind of model asks the same questions here. Thresholds stand where they are used, and none
depends on the units of the data.
"""
