"""Where alerts go: a file, a command, a webhook, a notification service. Each sends one event and says how it went."""
