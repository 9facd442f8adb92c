"""reportgen: statistical reports of clustered and survey data, from one page of YAML."""

__version__ = "0.1.0"
