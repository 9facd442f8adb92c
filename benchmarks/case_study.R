# The case study's models in R, printed: case_study.R nhanes_2015_2016.csv
# `## ----` begins a part by its name: case_study.Rmd makes a document of all but the last.

## ---- data
suppressMessages({library(lme4); library(geepack)})
d <- read.csv(if (exists("params")) params$file else commandArgs(trailingOnly = TRUE)[1])
d <- na.omit(d[, c("BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA", "SDMVPSU")])
d$group <- 10 * d$SDMVSTRA + d$SDMVPSU
d <- d[order(d$group), ]
d$smq <- ifelse(d$SMQ020 == 1, 1, ifelse(d$SMQ020 == 2, 0, NA))
d$age_cen <- d$RIDAGEYR - ave(d$RIDAGEYR, d$group)
gee <- function(f, rows = d, ...) geeglm(f, id = group, data = rows, corstr = "exchangeable", ...)

## ---- icc
icc <- sapply(c("BPXSY1", "RIDAGEYR", "BMXBMI", "SDMVSTRA"), simplify = FALSE,
              function(name) summary(gee(as.formula(paste(name, "~ 1")))))

## ---- linear
linear <- BPXSY1 ~ RIDAGEYR + factor(RIAGENDR) + BMXBMI + factor(RIDRETH1)
sbp <- list(OLS = lm(linear, d), GEE = gee(linear), "Random intercept" = lmer(update(linear, . ~ . + (1 | group)), d))

## ---- logistic
s <- d[!is.na(d$smq) & d$DMDEDUC2 < 6, ]
logistic <- smq ~ RIDAGEYR + factor(RIAGENDR) + factor(DMDEDUC2)
smoking <- list(GLM = glm(logistic, binomial, s), GEE = gee(logistic, s, family = binomial),
                "Random intercept" = glmer(update(logistic, . ~ . + (1 | group)), s, family = binomial))

## ---- slopes
slopes <- BPXSY1 ~ age_cen + factor(RIAGENDR) + BMXBMI + factor(RIDRETH1)
varying <- list("Slope only" = lmer(update(slopes, . ~ . + (0 + age_cen | group)), d),
                Correlated = lmer(update(slopes, . ~ . + (1 + age_cen | group)), d))

## ---- print
print(icc)
for (fit in c(sbp, smoking, varying)) print(summary(fit))
