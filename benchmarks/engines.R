# CPU seconds of lme4 and geepack on one file: engines.R FILE MODEL
given <- commandArgs(trailingOnly = TRUE)
d <- read.csv(given[1])
suppressMessages({library(lme4); library(geepack)})
fit <- switch(given[2],
  gee = function() geeglm(y ~ x + z, id = site, data = d, corstr = "exchangeable"),
  gee_binomial = function() geeglm(event ~ x + z, id = site, data = d, family = binomial, corstr = "exchangeable"),
  intercept = function() lmer(y ~ x + z + (1 | site), data = d),
  slope = function() lmer(y ~ x + z + (1 + x | site), data = d),
  gee_ar1 = function() geeglm(y ~ x + z, id = site, data = d, corstr = "ar1"),
  nested = function() lmer(score ~ x + z + (1 | region) + (1 | site), data = d),
  crossed = function() lmer(score ~ x + z + (1 | site) + (1 | item), data = d),
  laplace = function() glmer(event ~ x + z + (1 | site), data = d, family = binomial),
  quadrature = function() glmer(event ~ x + z + (1 | site), data = d, family = binomial, nAGQ = 10))
cat(sum(system.time(fit())[1:2]), "\n")
