"""The case study as a statsmodels script that only prints: what most people would write.

python case_study_script.py nhanes_2015_2016.csv

`# %%` begins a cell: `documents.py` makes a notebook of it, with the figures of `case_study_figures.py`.
"""

# %% Data
import sys

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

COLUMNS = ["BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020",
           "SDMVSTRA", "SDMVPSU"]  # fmt: skip
data = pd.read_csv(sys.argv[1], usecols=COLUMNS).dropna()
data["group"] = 10 * data.SDMVSTRA + data.SDMVPSU
data["smq"] = data.SMQ020.map({1: 1, 2: 0, 7: np.nan, 9: np.nan})
data["RIAGENDRx"] = data.RIAGENDR.map({1: "Male", 2: "Female"})
data["DMDEDUC2x"] = data.DMDEDUC2.map(
    {1: "lt9", 2: "x9_11", 3: "HS", 4: "SomeCollege", 5: "College", 7: np.nan, 9: np.nan}
)
data["age_cen"] = data.RIDAGEYR - data.groupby("group").RIDAGEYR.transform("mean")
rng = np.random.default_rng(20162016)
for number in range(1, 11):
    data[f"noise_{number}"] = rng.normal(size=len(data))

print(data.describe())


def gee(formula, rows=data, **options):
    """A GEE with exchangeable correlation within the sampling units."""
    model = smf.gee(formula, "group", rows, cov_struct=sm.cov_struct.Exchangeable(), **options)
    return model, model.fit()


def mixed(formula, **options):
    """A multilevel model of the sampling units."""
    return smf.mixedlm(formula, data, groups="group", **options).fit()


# %% Intraclass correlation
icc = {}
for name in ["BPXSY1", "RIDAGEYR", "BMXBMI", "smq", "SDMVSTRA"]:
    icc[name] = gee(f"{name} ~ 1", data.dropna(subset=[name]))[0].cov_struct
for number in range(1, 11):
    icc[f"noise_{number}"] = gee(f"noise_{number} ~ 1")[0].cov_struct
icc["BPXSY1, given age"] = gee("BPXSY1 ~ RIDAGEYR")[0].cov_struct
for name, structure in icc.items():
    print(name, structure.summary())

# %% Linear models
linear = "BPXSY1 ~ RIDAGEYR + RIAGENDRx + BMXBMI + C(RIDRETH1)"
sbp = {"OLS": smf.ols(linear, data).fit(), "GEE": gee(linear)[1], "Random intercept": mixed(linear)}
for fit in sbp.values():
    print(fit.summary())

# %% Logistic models
smokers = data.dropna(subset=["smq", "DMDEDUC2x"])
logistic = "smq ~ RIDAGEYR + RIAGENDRx + C(DMDEDUC2x)"
print(smf.glm(logistic, smokers, family=sm.families.Binomial()).fit().summary())
print(gee(logistic, smokers, family=sm.families.Binomial())[1].summary())

# %% Random slopes
slopes = "BPXSY1 ~ age_cen + RIAGENDRx + BMXBMI + C(RIDRETH1)"
component = {"age_cen": "0 + age_cen"}
correlated = mixed(slopes, re_formula="1 + age_cen")
print(mixed(slopes, vc_formula=component).summary())
print(mixed(slopes, re_formula="1", vc_formula=component).summary())
print(correlated.summary())
