"""What people look at in Jupyter: the only place that knows ipywidgets."""
