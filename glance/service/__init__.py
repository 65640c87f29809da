"""The HTTP face: metrics, reports, and the dashboard in a browser. It only ever reads."""
