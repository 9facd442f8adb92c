"""The figures of the case study by matplotlib: each a cell of the notebook, after the cell of
`case_study_script.py` that has its title. What was fitted there is known here.
"""

# %% Intraclass correlation
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(6.2, 3.6))
axes.plot([structure.dep_params for structure in icc.values()], list(icc), "o")
axes.axvline(0, color="grey", linewidth=0.8)
axes.set_xlabel("Intraclass correlation")
plt.show()

# %% Linear models
figure, axes = plt.subplots(figsize=(6.2, 3.6))
for shift, (name, fit) in zip((-0.2, 0, 0.2), sbp.items(), strict=True):
    shown = list(sbp["OLS"].params.index[1:])
    limits = fit.conf_int().loc[shown]
    places = np.arange(len(shown)) + shift
    axes.errorbar(fit.params[shown], places, xerr=(limits[1] - limits[0]) / 2, fmt="o", label=name)
axes.set_yticks(range(len(shown)), shown)
axes.legend()
plt.show()

# %% Linear models
effects = sbp["Random intercept"].random_effects
spread = sbp["Random intercept"].random_effects_cov
ordered = sorted(effects, key=lambda unit: effects[unit].iloc[0])
figure, axes = plt.subplots(figsize=(6.2, 4.6))
axes.errorbar(
    [effects[unit].iloc[0] for unit in ordered], range(len(ordered)),
    xerr=[1.96 * float(np.sqrt(spread[unit].iloc[0, 0])) for unit in ordered], fmt="o",
)  # fmt: skip
axes.set_xlabel("Shift of a unit (mmHg)")
plt.show()

# %% Random slopes
figure, axes = plt.subplots(figsize=(6.2, 3.6))
ages = np.linspace(data.age_cen.min(), data.age_cen.max(), 50)
for unit in correlated.random_effects.values():
    level = correlated.params["Intercept"] + unit.iloc[0]
    axes.plot(ages, level + (correlated.params["age_cen"] + unit.iloc[1]) * ages, linewidth=0.8)
axes.set_xlabel("Age centred within unit (years)")
axes.set_ylabel("Systolic blood pressure (mmHg)")
plt.show()
