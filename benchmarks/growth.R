# CPU seconds of lme4 and geepack: growth.R MODEL FILE COLUMNS TIMES
# FILE holds the columns named (with commas) one after the other as doubles; the least of TIMES fits, of fewer where
# they take long;
# MODEL scan: TIMES models, each of another outcome and exposure (y1 … , x1 …), all of them together.
given <- commandArgs(trailingOnly = TRUE)
names_ <- strsplit(given[3], ",")[[1]]
times <- as.integer(given[4])
d <- as.data.frame(matrix(readBin(given[2], "double", file.size(given[2]) / 8), ncol = length(names_)))
names(d) <- names_
suppressMessages({library(lme4); library(geepack)})
gee <- function(formula) geeglm(formula, id = site, data = d, corstr = "exchangeable")
if (given[1] == "scan") {
  outcomes <- grep("^y", names_, value = TRUE); exposures <- grep("^x", names_, value = TRUE)
  asked <- expand.grid(x = exposures, y = outcomes, stringsAsFactors = FALSE)[seq_len(times), ]
  for (i in seq_len(times)) coef(summary(gee(as.formula(paste(asked$y[i], "~", asked$x[i], "+ z")))))
} else {
  fit <- switch(given[1], gee = function() gee(y ~ x + z), mixedlm = function() lmer(y ~ x + z + (1 | site), data = d))
  took <- c()
  while (length(took) < times && sum(took) < 2) took <- c(took, sum(system.time(fit())[1:2]))
  cat(min(took), "\n")
}
