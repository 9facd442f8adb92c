"""How well a fit predicts a yes or a no: computed from its observations.

    judged(result, frame)   outcomes, predicted probabilities, clusters      judged.py
    Roc, Calibration        the kinds that plots ask for                     roc.py  calibration.py

They judge a model by the rows it was fitted to. Heavy: imported where there are rows.
"""
