"""Multiple imputation of any kind of model, pooled by Rubin's rules."""
