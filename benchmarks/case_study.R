# The case study's models in R, printed: case_study.R nhanes_2015_2016.csv
suppressMessages({library(lme4); library(geepack)})
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
d <- na.omit(d[, c("BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA", "SDMVPSU")])
d$group <- 10 * d$SDMVSTRA + d$SDMVPSU
d <- d[order(d$group), ]
d$smq <- ifelse(d$SMQ020 == 1, 1, ifelse(d$SMQ020 == 2, 0, NA))
d$age_cen <- d$RIDAGEYR - ave(d$RIDAGEYR, d$group)
gee <- function(f, rows = d, ...) geeglm(f, id = group, data = rows, corstr = "exchangeable", ...)
for (name in c("BPXSY1", "RIDAGEYR", "BMXBMI", "SDMVSTRA")) print(summary(gee(as.formula(paste(name, "~ 1")))))
linear <- BPXSY1 ~ RIDAGEYR + factor(RIAGENDR) + BMXBMI + factor(RIDRETH1)
print(summary(lm(linear, d)))
print(summary(gee(linear)))
print(summary(lmer(update(linear, . ~ . + (1 | group)), d)))
s <- d[!is.na(d$smq) & d$DMDEDUC2 < 6, ]
logistic <- smq ~ RIDAGEYR + factor(RIAGENDR) + factor(DMDEDUC2)
print(summary(glm(logistic, binomial, s)))
print(summary(gee(logistic, s, family = binomial)))
print(summary(glmer(update(logistic, . ~ . + (1 | group)), s, family = binomial)))
slopes <- BPXSY1 ~ age_cen + factor(RIAGENDR) + BMXBMI + factor(RIDRETH1)
print(summary(lmer(update(slopes, . ~ . + (0 + age_cen | group)), d)))
print(summary(lmer(update(slopes, . ~ . + (1 + age_cen | group)), d)))
