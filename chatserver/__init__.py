"""The server of Beijing's legal service network: free legal consultation for every citizen."""

__version__ = "0.1.0"
