"""Every command of the dashboard: one declaration gives its key, its place in the help, the palette and the footer."""
