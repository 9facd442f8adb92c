"""What a fit says of means, differences and effects: computed from its Result and its rows.

    taken_up(result, frame)      the fit with the design of any rows              fitted.py
    points(fitted, …)            the values asked for                             grid.py
    means(fitted, points, …)     θ(b) and its Jacobian at each of them            means.py
    estimates(fitted, θ, J, …)   Wald statistics and intervals by delta method    estimates.py

Each file imports numpy at its top and is itself imported only where there are rows.
"""
